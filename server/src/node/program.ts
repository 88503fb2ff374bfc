// What the server and the command line share is in one file; each evaluates its own part of it.
export const program = {
  serve: (): void => void require('./server.js'),
  commandLine: () => require('./cli-run.js') as typeof import('./cli-run.js'),
};
