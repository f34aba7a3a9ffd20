// The user who runs the program, as Python sees it. In Pyodide the user is always root, and the modules pwd and grp do not
// exist.

import { userInfo } from "node:os";

/** The functions of `os` that tell who runs a program, each with the value that it returns. */
export function userNumbers(): Record<string, number | number[]> {
  const { getuid, geteuid, getgid, getegid, getgroups } = process;
  const asked = Object.entries({ getuid, geteuid, getgid, getegid, getgroups });
  // Windows has none of them.
  return Object.fromEntries(asked.flatMap(([name, ask]) => (ask ? [[name, ask()]] : [])));
}

/** The user's name, numbers of user and group, home folder and shell; empty if they are not known. */
export function userEntry(): readonly (string | number)[] {
  try {
    const { username, uid, gid, homedir, shell } = userInfo();
    return [username, uid, gid, homedir, shell ?? ""];
  } catch {
    // The machine's list of users does not have this user.
    return [];
  }
}

/**
 * accounts(numbers, user) makes functions of `os` return these numbers, and adds the modules `pwd` and `grp`, which read
 * /etc/passwd and /etc/group. `user` is name, uid, gid, home folder and shell, or empty if they are not known. `pwd` has
 * this user even if /etc/passwd does not.
 */
export const ACCOUNTS = `
def accounts(numbers, user):
    import collections, os, posix, sys

    def constant(name, value):
        def ask():
            return value
        ask.__name__ = ask.__qualname__ = name
        return ask

    for name, value in numbers.items():
        for module in os, posix:
            setattr(module, name, constant(name, value))

    def rows(file, count):
        try:
            with open(file, encoding="utf-8", errors="surrogateescape") as lines:
                return [row for line in lines if len(row := line.rstrip("\\n").split(":")) == count]
        except OSError:
            return []

    def number(text):
        return int(text) if text.lstrip("-").isdigit() else 0

    def module(name, record, all_of, prefix, key):
        made = type(sys)(name)

        def find(field, function, what, wanted):
            for entry in all_of():
                if entry[field] == wanted:
                    return entry
            raise KeyError(f"{prefix}{function}(): {what} not found: {wanted!r}")

        made.__dict__[record.__name__] = record
        made.__dict__[f"{prefix}all"] = all_of
        made.__dict__[f"{prefix}nam"] = lambda name, /: find(0, "nam", "name", name)
        made.__dict__[f"{prefix}{key}"] = lambda id, /: find(2, key, key, id)
        sys.modules.setdefault(name, made)

    passwd = collections.namedtuple("struct_passwd", "pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell", module="pwd")
    group = collections.namedtuple("struct_group", "gr_name gr_passwd gr_gid gr_mem", module="grp")

    def all_users():
        found = [passwd(a, b, number(c), number(d), *rest) for a, b, c, d, *rest in rows("/etc/passwd", 7)]
        if not user:
            return found
        name, uid, gid, home, shell = user
        known = any(entry.pw_uid == uid for entry in found)
        return found if known else [*found, passwd(name, "x", uid, gid, "", home, shell)]

    def all_groups():
        return [group(a, b, number(c), d.split(",") if d else []) for a, b, c, d in rows("/etc/group", 4)]

    module("pwd", passwd, all_users, "getpw", "uid")
    module("grp", group, all_groups, "getgr", "gid")`;
