/** The value of a shell arithmetic expression (`A * B`, `$X + 1`), or undefined where a name has none. Whole numbers, as the shell computes. */
export function arithmetic(expression: string, look: (name: string) => number | undefined): number | undefined {
  const tokens = expression.match(/\d+|\$?\{?[A-Za-z_]\w*\}?|\$\{?\d+\}?|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%()<>?:!]|\S/g) ?? [];
  let at = 0;
  const primary = (depth: number): number | undefined => {
    const token = tokens[at++];
    if (token === undefined || depth > 50) return undefined;
    if (/^\d/.test(token)) return Number(token);
    if (token === '-' || token === '+' || token === '!') {
      const value = primary(depth + 1);
      return value === undefined ? undefined : token === '-' ? -value : token === '!' ? Number(value === 0) : value;
    }
    if (token === '(') {
      const value = ternary(depth + 1);
      return tokens[at++] === ')' ? value : undefined;
    }
    const name = token.replace(/[${}]/g, '');
    return /^\w+$/.test(name) ? look(name) : undefined;
  };
  const binary = (lowest: number, depth: number): number | undefined => {
    let left = primary(depth + 1);
    for (;;) {
      const op = tokens[at];
      const level = op === undefined ? undefined : levels[op];
      if (op === undefined || level === undefined || level < lowest) return left;
      at++;
      const right = binary(op === '**' ? level : level + 1, depth + 1);
      left = left === undefined || right === undefined ? undefined : compute(op, left, right);
    }
  };
  const ternary = (depth: number): number | undefined => {
    const test = binary(0, depth);
    if (tokens[at] !== '?') return test;
    at++;
    const yes = ternary(depth + 1);
    if (tokens[at++] !== ':') return undefined;
    const no = ternary(depth + 1);
    return test === undefined ? undefined : test !== 0 ? yes : no;
  };
  const value = ternary(0);
  return at === tokens.length && value !== undefined && Number.isFinite(value) ? value : undefined;
}

const levels: Readonly<Record<string, number>> = {
  '||': 0,
  '&&': 1,
  '==': 2,
  '!=': 2,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  '**': 7,
};
function compute(op: string, left: number, right: number): number | undefined {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : Math.trunc(left / right);
    case '%':
      return right === 0 ? undefined : left % right;
    case '**':
      return left ** right;
    case '<<':
      return left * 2 ** right;
    case '>>':
      return Math.floor(left / 2 ** right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '&&':
      return Number(left !== 0 && right !== 0);
    case '||':
      return Number(left !== 0 || right !== 0);
    default:
      return undefined;
  }
}
