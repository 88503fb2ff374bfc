// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are shell
import { describe, expect, test } from 'vitest';
import { readShell } from '../../server/src/core/syntax/shell/read.js';

/** Each command's words, with `?` after what is decided at run time. */
const read = (text: string): string[] => readShell(text).commands.map((command) => command.words.map((word) => word.text + (word.open ? '?' : '')).join(' '));
const last = (text: string): string | undefined => read(text).at(-1);

describe('variables', () => {
  test.each([
    ['A=8\nrun $A ${A} "$A"', 'run 8 8 8'],
    ['A=8; B=$A\nrun $B', 'run 8'],
    ['run ${A:-8} ${B-4}', 'run 8 4'],
    [': "${A:=8}"\nrun $A', 'run 8'],
    ['A=1\nrun ${A:-8}', 'run 1'],
    ['A=$1\nrun ${A:-8}', 'run 8'],
    ['run $A $1', 'run $A? $1?'],
    ['A=4 B=2\nrun $((A*B)) $(( ($A + 1) % 3 ))', 'run 8 2'],
    ['run $((A*2))', 'run $((A*2))?'],
    ['OPTS="--a 1 --b 2"\nrun $OPTS', 'run --a 1 --b 2'],
    ['OPTS="--a 1"\nOPTS+=" --b 2"\nrun $OPTS "$OPTS"', 'run --a 1 --b 2 --a 1 --b 2'],
    ['ARGS=(--a 1 # note\n --b "x y")\nARGS+=(--c)\nrun "${ARGS[@]}"', 'run --a 1 --b x y --c'],
    ['ARGS=("--a 1" "--b")\nrun ${ARGS[@]}', 'run --a 1 --b'],
    ['L=(1 2 3)\nrun ${#L[@]} ${L[1]} ${L[-1]}', 'run 3 2 3'],
    ['P=/m/Llama-7B.bin\nrun ${P##*/} ${P%.*} ${P,,}', 'run Llama-7B.bin /m/Llama-7B /m/llama-7b.bin'],
    ['A=x\nrun ${A:+--a "$A b"} ${B:+--b}', 'run --a x b'],
    ['A=$(hostname)\nrun $A', 'run $A?'],
    ['N=4\nrun $(expr 16 / $N)', 'run 4'],
    ['A="--a 1 --b $B"\nrun $(echo $A) `echo "$A"`', 'run --a 1 --b $B? --a 1 --b $B?'],
    ['run $(echo $A)', 'run $(echo $A)?'],
    ['D=0,1,2\nrun $(echo $D | tr "," "\\n" | wc -l)', 'run 3'],
    ["A='$B'\nrun \"$A\" '$C'", 'run $B $C'],
    ['export A=3\nrun $A', 'run 3'],
    ['local A=3; declare -a B=(1 2)\nrun $A ${B[@]}', 'run 3 1 2'],
    ['A=1\nunset A\nrun $A', 'run $A?'],
    ['A=1\nread A\nrun $A', 'run $A?'],
    ['A=""\nrun $A --x', 'run --x'],
    ['A="--log $DIR --n 4"\nif [ "$X" = 1 ]; then A="$A --debug"; fi\nrun $A', 'run --log $DIR? --n 4'],
    ['A="--n 4"\nif [ "$X" = 1 ]; then A="$A --log $DIR"; fi\nrun $A', 'run --n 4'],
    ['A="--log $DIR"\nif [ "$X" = 1 ]; then A="--n 2 $Y"; fi\nrun $A', 'run $A?'],
  ])('%j', (text, expected) => expect(last(text)).toBe(expected));

  test('a value out of a variable says where it stands; split text stands where it is written', () => {
    const text = 'GPUS=8\nARGS="--n 4"\nrun --g $GPUS $ARGS ${X:-5}';
    const { words } = readShell(text).commands[0]!;
    const place = (index: number) => text.slice(words[index]!.from?.start ?? words[index]!.start, words[index]!.from?.end ?? words[index]!.end);
    expect([words[2]!.from?.origin, place(2)]).toEqual(['variable', '8']);
    expect([words[4]!.from, text.slice(0, words[4]!.start).split('\n').length]).toEqual([undefined, 2]);
    expect([words[5]!.from?.origin, place(5)]).toEqual(['default', '5']);
  });
});

describe('branches', () => {
  test.each([
    // A test that the text decides chooses.
    ['M=a\nif [ "$M" == "a" ]; then X=1; else X=2; fi\nrun $X', 'run 1'],
    ['M=a\nif [[ $M != a ]]; then run no; fi\nrun yes', 'run yes'],
    ['N=3\nif (( N > 2 )); then X=big; fi\nrun $X', 'run big'],
    ['[ 1 -eq 1 ] && X=1\nrun $X', 'run 1'],
    // What is empty and gets a value has that value as its default.
    ['S=$2\nif [ "$S" == "" ]; then\n S=3\nfi\nrun $S', 'run 3'],
    // A later value under an open condition does not replace what is there.
    ['M=7b\nif [ "$1" = big ]; then M=70b; fi\nrun $M', 'run 7b'],
    ['if [ "$1" = big ]; then M=70b; else M=7b; fi\nrun $M', 'run $M?'],
    ['TP=1\nwhile [[ $# -gt 0 ]]; do case $1 in --tp) TP="$2"; shift 2;; *) exit 1;; esac; done\nrun $TP', 'run 1'],
    ['T=1\nfor i in 1 2; do T=$i; done\nrun $T', 'run $T?'],
    ['for i in only; do run $i; done', 'run only'],
    ['for i in 1 2; do run $i; done', 'run $i?'],
    ['case b in a) X=1;; b) X=2;; esac\nrun $X', 'run 2'],
    ['(A=1)\nrun $A', 'run $A?'],
  ])('%j', (text, expected) => expect(last(text)).toBe(expected));

  test('both ways of an open condition are read, and a value that may have changed decides no test', () => {
    expect(read('if [ -f x ]; then run a; else run b; fi')).toEqual(['run a', 'run b']);
    expect(read('V=no\nif grep -q v f; then V=yes; fi\nif [ $V = yes ]; then run; fi')).toEqual(['grep -q v f', 'run']);
  });
});

describe('commands', () => {
  test.each([
    ['a | b && c || d; e &', ['a', 'b', 'c', 'd', 'e']],
    ['cat <<EOF\nrun inside\nEOF\nrun', ['cat', 'run']],
    ["sbatch <<'EOF'\n#!/bin/bash\nsrun run\nEOF", ['sbatch', 'srun run']],
    ['A=1\nbash -c "run $A \\$B"', ['bash -c run 1 $B', 'run 1 $B?']],
    ['L="launch \\\n --n 2 "\nC="s.py --m x"\neval "$L $C"', ['eval launch  --n 2  s.py --m x', 'launch --n 2 s.py --m x']],
    ['sbatch --wrap="run 1"', ['sbatch --wrap=run 1', 'run 1']],
    ['f() { run $1; }\nf 5', ['run 5']],
    ['f() { run $1; }\nf 5\nf 6', ['run $1?']],
    ['function g { run; }', ['run']],
    ['run --a 1 \\\n#  --b 2 \\\n  --c 3', ['run --a 1 --c 3']],
    ['run --a 1 \\  # note\n  --c 3', ['run --a 1 --c 3']],
    ['if [[ $x =~ ^(a|b)$ ]]; then run; fi', ['run']],
    ['# run\n', []],
  ])('%j', (text, expected) => expect(read(text)).toEqual(expected));

  test('a command out of strings stands where the strings are written', () => {
    const text = 'L="launch --n 2"\n\nsrun bash -c "$L s.py"';
    const inner = readShell(text).commands.at(-1)!;
    expect(inner.words.map((word) => text.slice(0, word.start).split('\n').length)).toEqual([1, 1, 1, 3]);
    expect(inner.outer?.words[0]?.text).toBe('srun');
  });
});

test('directives: long and short, before the first command only', () => {
  const { directives } = readShell(
    '#!/bin/sh\n#SBATCH -N 2 --gres=gpu:a100:4 # note\n##SBATCH --time=1\n#SBATCH --mem 4G\n#SBATCH -t2:00\nrun\n#SBATCH --late\n',
  );
  expect(directives.map(({ name, value }) => `${name}=${value}`)).toEqual(['nodes=2', 'gres=gpu:a100:4', 'mem=4G', 'time=2:00']);
});
test('the scheduler sets its variables from the directives', () => {
  expect(last('#SBATCH --nodes=3\n#SBATCH --gpus-per-node=8\nrun $SLURM_NNODES $((SLURM_JOB_NUM_NODES - 1)) $SLURM_GPUS_PER_NODE $SLURM_JOB_ID')).toBe(
    'run 3 2 8 $SLURM_JOB_ID?',
  );
});

test('text inside another file keeps that file’s offsets', () => {
  const { commands } = readShell('A=1\nrun $A', 50);
  expect(commands[0]).toMatchObject({ start: 54, end: 60 });
  expect(commands[0]?.words[1]?.from).toMatchObject({ start: 52, end: 53 });
});

test('broken and hostile texts are read to the end, quickly', () => {
  const hostile = [
    'a "',
    "a '",
    'a ${',
    'a $(',
    'a $((',
    '))',
    'fi; done; esac; }',
    'case',
    'for',
    'if',
    'f() f() f() '.repeat(3000),
    'a && '.repeat(5000),
    '( '.repeat(5000),
    '{ '.repeat(5000),
    '"$('.repeat(3000),
    '${A:-'.repeat(3000),
    'if a; then '.repeat(2000),
    `A=x\n${'A="$A$A"\n'.repeat(200)}eval "$A"`,
    `A=\n${'A="$A$A"\n'.repeat(200)}bash -c "run $A"`,
    `A=(x)\n${'A=("${A[@]}" "${A[@]}")\n'.repeat(60)}run "\${A[@]}"`,
    'f() { f; }\nf',
    'eval "eval \\"eval run\\""',
    `cat <<A <<B\n${'x\n'.repeat(5000)}`,
    '\\\n# c\n'.repeat(5000),
  ];
  for (const text of hostile) {
    const start = performance.now();
    expect(() => readShell(text)).not.toThrow();
    expect(performance.now() - start, text.slice(0, 20)).toBeLessThan(5000);
  }
});
test('any cut of a script is read', () => {
  const script =
    'A=(1 "2 $X")\nfor i in a b; do\n  torchrun --n "${A[@]}" $((1+2)) t.py <<EOF\nx\nEOF\ndone\ncase $1 in a|b) run "$(x)";; *) : ${Y:=3};; esac\n';
  for (let cut = 0; cut < script.length; cut++) {
    expect(() => readShell(script.slice(0, cut))).not.toThrow();
    expect(() => readShell(script.slice(cut))).not.toThrow();
  }
});
