// Before tests against real servers: the command line, and the servers and pre-commit where they can be installed.
import { build, preCommit, servers } from '../../scripts/setup.mjs';

export function setup() {
  build();
  servers();
  preCommit();
}
