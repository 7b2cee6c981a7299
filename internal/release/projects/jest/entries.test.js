// In the CommonJS mode alone: there Jest loads the CommonJS twins, which Node itself never does.
const entries = JSON.parse(process.env.ENTRIES ?? "[]");

test.each(entries)("%s loads", (entry) => {
  expect(Object.keys(require(entry)).sort()).toEqual(namesIn(entry));
});

/** What Node loads exports the same. */
function namesIn(entry) {
  const program = `console.log(JSON.stringify(Object.keys(require(${JSON.stringify(entry)}))))`;
  const output = require("node:child_process").execFileSync(process.execPath, ["-e", program], {
    encoding: "utf8",
  });
  return JSON.parse(output).sort();
}
