// Before tests of the packaged product: builds and packages it if it is older than its sources.
import { build, packaged } from '../../scripts/setup.mjs';

export function setup() {
  build();
  packaged();
}
