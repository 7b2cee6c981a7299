/** Their locks and shared memory do not reach other machines, and some acknowledge what is not stored yet. */
const NETWORK_TYPES =
  /^(nfs\d?|cifs|smb\w*|ceph|afs|lustre|glusterfs|beegfs|gpfs|ncpfs|davfs|fuse\.(sshfs|s3fs|s3ql|rclone|gcsfuse|glusterfs|ceph\w*|davfs2?|mount-s3|blobfuse2?|juicefs))$/;

/** The type of a file system, as Linux names it. */
export interface FileSystem {
  readonly type: string;
  readonly isNetwork: boolean;
}

/**
 * The file system that a file is on.
 *
 * @param path absolute, without symbolic links
 * @param mounts the content of `/proc/self/mounts`
 */
export function fileSystem(path: string, mounts: string): FileSystem {
  let found = { point: "", type: "" };
  for (const line of mounts.split("\n")) {
    const [, escaped = "", type = ""] = line.split(" ");
    const point = escaped.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isAbove = path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`);
    // Of two mounts on one point, the later one is seen.
    if (point !== "" && isAbove && point.length >= found.point.length) found = { point, type };
  }
  return { type: found.type, isNetwork: NETWORK_TYPES.test(found.type) };
}
