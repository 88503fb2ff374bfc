// Before tests against real servers: the command line, and the servers where they can be installed.
import { build, servers } from '../../scripts/setup.mjs';

export function setup() {
  build();
  servers();
}
