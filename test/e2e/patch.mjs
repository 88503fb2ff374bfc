/** Replaces in a bundle; every pattern has to match exactly once. */
export const patch = (text, list) =>
  list.reduce((out, [from, to]) => {
    if (out.match(from)?.length !== 1) throw new Error(`unexpected bundle: ${from} is not there once`);
    return out.replace(from, to);
  }, text);
