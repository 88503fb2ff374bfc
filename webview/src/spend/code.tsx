/** Text with pieces of code between backticks. */
export const Code = ({ text }: { readonly text: string }) => (
  <>{text.split('`').map((piece, at) => (at % 2 === 1 ? <code key={piece}>{piece}</code> : piece))}</>
);
