// Before tests against real servers: installs them where that can be done.
import { servers } from '../../scripts/setup.mjs';

export function setup() {
  servers();
}
