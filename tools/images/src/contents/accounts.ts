import { text, type Entry } from '../oci/entry';

/** A user of a container, with the group of the same name. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

const root: Account = { name: 'root', uid: 0, gid: 0, home: '/root' };

/** The user that runs what needs no rights; the number is that of the “distroless” images. */
export const nonroot: Account = { name: 'nonroot', uid: 65532, gid: 65532, home: '/home/nonroot' };

/** `/etc/passwd` and `/etc/group`: programs look their own user up, and containerd its group. */
export const accounts = (...others: readonly Account[]): readonly Entry[] => {
  const all = [root, ...others];
  const passwd = all.map(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}::${home}:/sbin/nologin\n`);
  const group = all.map(({ name, gid }) => `${name}:x:${gid}:\n`);
  return [text('/etc/passwd', passwd.join('')), text('/etc/group', group.join(''))];
};

/** How an image's configuration names its user. */
export const userOf = ({ uid, gid }: Account): string => `${uid}:${gid}`;
