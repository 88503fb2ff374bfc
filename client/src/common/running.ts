/** The started part of the extension, as the light part sees it. */
export interface Running {
  stop(): Promise<void>;
}
