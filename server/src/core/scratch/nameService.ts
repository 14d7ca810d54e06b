import { type Need, type NeedContext, answer, carry, isFile } from "./needs.ts";
import type { Check } from "./readiness.ts";

const kind = "name-service";

/**
 * Users, groups and host names: glibc asks through modules it loads as it goes, musl, Go and Zig do it themselves. The lists go along where the program
 * names them, and where a shared C library reads them for it, which the program does not tell. Undefined until the program is seen.
 */
export function nameService(context: NeedContext): Need | undefined {
  const { program, closure, paths } = context;
  if (program?.facts === undefined || paths === undefined) return undefined;
  const { state, evidence } = seen(context);
  if (state === "ok") return answer(kind, state, title, evidence);
  const isGlibc = closure?.libraries.some(({ name }) => name === glibc) === true;
  const lists = ["etc/passwd", "etc/group", ...(isGlibc ? ["etc/nsswitch.conf"] : [])];
  const carried = lists
    .filter((path) => isFile(paths, path))
    .map((path) => carry(paths, path, kind));
  if (carried.length === 0 && state === "needs") {
    return answer(kind, "ok", title, "The image has no list of users today.");
  }
  const bytes = carried.length === 0 ? undefined : carried.reduce((sum, one) => sum + one.bytes, 0);
  return { check: { kind, state, title, evidence, bytes, span: undefined }, carried };
}

const title = "Name service";
const glibc = "libc.so.6";

function seen({ program, closure }: NeedContext): Pick<Check, "state" | "evidence"> {
  const mentions = program?.facts?.mentions;
  const libraries = closure?.libraries ?? [];
  const isGlibc = libraries.some(({ name }) => name === glibc);
  if (isGlibc && mentions?.some((one) => one === "users" || one === "resolver") === true) {
    const evidence =
      "The C library loads modules for users and host names as it goes; only a run shows which.";
    return { state: "unknown", evidence };
  }
  if (mentions?.includes("users") === true) {
    return { state: "needs", evidence: "The program names the list of users." };
  }
  if (libraries.length > 0) {
    const evidence =
      "The C library reads the list of users where the program asks for one, whatever the program names.";
    return { state: "needs", evidence };
  }
  return mentions === undefined
    ? { state: "unknown", evidence: "Whether the program asks for users cannot be seen." }
    : { state: "ok", evidence: "Names are resolved without loadable modules." };
}
