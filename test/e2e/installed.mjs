// Before tests in the real editor: the package, and the workbench to run it in.
import { build, packaged, workbench } from '../../scripts/setup.mjs';

export function setup() {
  build();
  packaged();
  workbench();
}
