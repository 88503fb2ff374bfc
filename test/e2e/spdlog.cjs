// Pure JavaScript stand-in for the native logger package of the VS Code server,
// so that no compiler is needed. It writes the same files with the same layout,
// which keeps output channels of extensions working.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
class Logger {
  constructor(file) {
    this.file = file;
    this.level = 2;
    this.plain = false;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.appendFileSync(file, '');
  }
  write(level, text) {
    if (level < this.level) return;
    const stamp = new Date().toISOString().replace('T', ' ').replace('Z', '');
    try {
      fs.appendFileSync(this.file, this.plain ? String(text) : `${stamp} [${NAMES[level]}] ${text}\n`);
    } catch {
      /* the folder is gone at shutdown */
    }
  }
  setLevel(level) {
    this.level = level;
  }
  getLevel() {
    return this.level;
  }
  setPattern() {
    this.plain = false;
  }
  clearFormatters() {
    this.plain = true;
  }
  flush() {}
  drop() {}
}
NAMES.slice(0, 6).forEach((name, level) => {
  Logger.prototype[name === 'warning' ? 'warn' : name] = function (text) {
    this.write(level, text);
  };
});
const create = (_name, file) => new Logger(file);
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = async (name, file) => create(name, file);
exports.createAsyncRotatingLogger = async (name, file) => create(name, file);
exports.Logger = Logger;
