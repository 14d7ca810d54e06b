import { finalFilesOf } from "./fromScratch/finalFiles.ts";
import { shellReports } from "./fromScratch/shellForm.ts";
import { programReports } from "./fromScratch/startedProgram.ts";
import { userReports } from "./fromScratch/userName.ts";
import type { Rule } from "./rule.ts";

/**
 * What keeps a `FROM scratch` image from running: no shell for shell forms, no `etc/passwd` for a user by name, and with the built image a
 * program, interpreter, loader or library that is not there, CA certificates that the program looks for.
 */
export const scratchCannotRun: Rule = {
  code: "scratch-cannot-run",
  title: "A FROM scratch image lacks what it needs to run",
  severity: "error",
  *check(context) {
    if (context.chain[0]?.base.kind !== "scratch") return;
    const files = finalFilesOf(context);
    yield* shellReports(context, files);
    yield* programReports(context, files);
    yield* userReports(context, files);
  },
};
