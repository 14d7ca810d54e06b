const interpreter =
  /^(?:(python|pypy|perl|ruby|php|lua|tclsh|guile)[\d.]*|(node|nodejs|deno|bun|java|luajit))$/;

/** The language of `python3.12`, `perl5.36.0`, `node`; undefined for any other name of a program, without directories. */
export function interpretedLanguageOf(name: string): string | undefined {
  const match = interpreter.exec(name);
  const language = match?.[1] ?? match?.[2];
  return language === "nodejs" ? "node" : language;
}

const starter =
  /^(?:env|tini|tini-static|dumb-init|catatonit|init|gosu|su-exec|setpriv|runsvdir|s6-\w+)$/;

/** Whether a program of this name, without directories, only starts the one that its arguments name: inits and what changes user or environment. */
export function isStarter(name: string): boolean {
  return starter.test(name);
}
