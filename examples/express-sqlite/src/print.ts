/** One line of JSON for each record, with the process that it comes from. */
export function print(record: object): void {
  console.log(JSON.stringify({ ...record, pid: process.pid }));
}
