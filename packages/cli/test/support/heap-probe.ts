// Loaded into a command, with --expose-gc: says how much memory is in use, garbage not counted, as often as it is asked.
process.on("message", () => {
  // An ordinary collection leaves what is only weakly held, some 300 bytes for each request.
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
// Being asked is no reason to stay.
process.channel?.unref();

export {};
