export function isPostgres(url: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(url);
}

export function isMysql(url: string): boolean {
  return /^(?:mysql|mariadb):\/\//i.test(url);
}
