export function print(record: object): void {
  console.log(JSON.stringify(record));
}
