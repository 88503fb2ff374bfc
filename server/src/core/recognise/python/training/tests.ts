/** True for a test file: its trainings are small ones that check code, no spending. */
export const isTest = (uri: string): boolean =>
  /(^|\/)(tests?|testing)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$/.test(uri.replace(/^file:\/\/\/w?\/?/, ''));
