/** A small generator of random numbers with a seed, so that a failing case can be run again (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const pieces = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '"""',
  '\n',
  '\t',
  ' ',
  ':',
  '=',
  ',',
  '#',
  '\\',
  '*',
  '&a ',
  '*a',
  '<<: *a',
  '- ',
  '${',
  '$(',
  '`',
  '\u0000',
  '\ufeff',
  '\u2028',
  '😀',
  'é',
  '\r\n',
  '\r',
  '|',
  '>',
  '---\n',
  '%',
  '!',
  'def ',
  'class ',
  'for ',
  'lambda ',
  '1e999',
  '-',
  'None',
  'null',
  '{{ x }}',
  '<<EOF\n',
  '#SBATCH --nodes=',
  '9'.repeat(400),
];

/** One of many ways to spoil a text: cut, repeat, swap, drop, insert, nest, turn to bytes. */
export function spoiled(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const length = 1 + random(200);
  switch (random(9)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + text.slice(Math.max(0, at - length), at).repeat(1 + random(20)) + text.slice(at);
    case 4: {
      let out = text;
      for (let n = 0; n < 1 + random(12); n++) {
        const place = random(out.length + 1);
        out = out.slice(0, place) + (pieces[random(pieces.length)] ?? '') + out.slice(place);
      }
      return out;
    }
    case 5:
      return [...text].map((one) => (random(40) === 0 ? String.fromCharCode(random(65536)) : one)).join('');
    case 6: {
      const open = ['(', '[', '{', 'a:\n ', '- ', 'x(', 'if x:\n '][random(7)] ?? '(';
      return text.slice(0, at) + open.repeat(50 + random(3000)) + text.slice(at);
    }
    case 7:
      return text
        .split('\n')
        .map((line) => (random(10) === 0 ? line.replace(/^\s*/, ' '.repeat(random(9))) : line))
        .join('\n');
    default:
      return text
        .split('\n')
        .sort(() => random(3) - 1)
        .join('\n');
  }
}
