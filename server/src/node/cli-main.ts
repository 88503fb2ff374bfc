// The command `mlcost`. Version and help answer at once; the rest is loaded when it is needed.
declare const VERSION: string;

const [first, ...rest] = process.argv.slice(2);
if (first === '--version' || first === '-V' || first === 'version') process.stdout.write(`mlcost ${VERSION}\n`);
else {
  const { programOf } = require('./kept-code.js') as typeof import('./kept-code.js');
  const { main } = programOf(__dirname, require).commandLine();
  void main(first === undefined ? ['--help'] : [first, ...rest], __dirname).then((status) => {
    process.exitCode = status;
  });
}
