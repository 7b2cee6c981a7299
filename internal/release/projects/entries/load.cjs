/**
 * Loads every entry that it is given, with `require` and with `import`. Both have to give one and the same module: two
 * copies would be two sets of error classes.
 */
for (const entry of process.argv.slice(2)) {
  const required = require(entry);
  void import(entry).then((imported) => {
    if (required !== imported) throw new Error(`${entry}: require and import give different modules`);
    if (Object.keys(imported).length === 0) throw new Error(`${entry} exports nothing`);
  });
}
