// Draws media/icon.png: rising bars under a lens. Run again only if the drawing changes.
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const size = 128;
const samples = 4;
const inside = {
  plate: (x, y) => Math.hypot(Math.max(Math.abs(x - 64) - 44, 0), Math.max(Math.abs(y - 64) - 44, 0)) <= 18,
  bars: (x, y) => [...[0, 1, 2]].some((at) => x >= 26 + at * 17 && x <= 37 + at * 17 && y <= 100 && y >= 82 - at * 19),
  ring: (x, y) => Math.abs(Math.hypot(x - 80, y - 50) - 25) <= 4.5,
  glass: (x, y) => Math.hypot(x - 80, y - 50) <= 22,
  grip: (x, y) => Math.abs(x - y - 30) <= 6 && x + y >= 166 && x + y <= 202,
};
const colour = (x, y) => {
  if (!inside.plate(x, y)) return [0, 0, 0, 0];
  if (inside.ring(x, y) || inside.grip(x, y)) return [255, 255, 255, 255];
  if (inside.bars(x, y)) return inside.glass(x, y) ? [255, 214, 102, 255] : [94, 196, 182, 255];
  return inside.glass(x, y) ? [43, 77, 108, 255] : [24, 49, 73, 255];
};
const rows = Buffer.alloc(size * (size * 4 + 1));
for (let y = 0; y < size; y++)
  for (let x = 0; x < size; x++) {
    const sum = [0, 0, 0, 0];
    for (let at = 0; at < samples ** 2; at++) {
      const [r, g, b, a] = colour(x + ((at % samples) + 0.5) / samples, y + (Math.floor(at / samples) + 0.5) / samples);
      sum[0] += r * a;
      sum[1] += g * a;
      sum[2] += b * a;
      sum[3] += a;
    }
    const place = y * (size * 4 + 1) + 1 + x * 4;
    for (let at = 0; at < 3; at++) rows[place + at] = sum[3] === 0 ? 0 : Math.round(sum[at] / sum[3]);
    rows[place + 3] = Math.round(sum[3] / samples ** 2);
  }
// zlib.crc32 came with Node 20.15
const chunk = (name, data) => {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};
const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
header.set([8, 6, 0, 0, 0], 8);
const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
writeFileSync(
  new URL('../media/icon.png', import.meta.url),
  Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]),
);
