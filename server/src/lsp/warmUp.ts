import { analyse, parseDockerfile } from "../core/analysis.ts";
import type { Host, Stop } from "./host.ts";

/** Long enough for the document that a server is started for to be answered first. */
const startMs = 500;
/** A turn is short, and most of the time is left to the documents. */
const turn = { longestMs: 5, pauseMs: 25 };
/** The engine compiles what has run a few thousand times; more rounds change nothing any more. */
const rounds = 150;

/**
 * Lets all rules look at made-up texts while the server has nothing to do: code runs several times faster once the engine has compiled it, and the
 * first long Dockerfile need not pay for that. Keeps nothing, shows nothing; done after a few seconds.
 */
export function warmUp({ after, nowMs }: Pick<Host, "after" | "nowMs">): Stop {
  let done = 0;
  let stop: Stop = after(startMs, takeTurn);
  return () => stop();

  function takeTurn(): void {
    const startedMs = nowMs();
    while (done < rounds * warmUpTexts.length && nowMs() - startedMs < turn.longestMs) {
      const text = warmUpTexts[done % warmUpTexts.length] ?? "";
      const { findings } = analyse(parseDockerfile(text), undefined, {}, surroundings);
      for (const { fixes } of findings) void fixes;
      done += 1;
    }
    if (done < rounds * warmUpTexts.length) stop = after(turn.pauseMs, takeTurn);
  }
}

const surroundings = { files: { isDockerignoreKnown: true } };

/** Short, so that a turn can end; together they are worth a finding of each rule that needs no image. */
export const warmUpTexts: readonly string[] = [
  `FROM debian:12
RUN apt-get update && apt-get install -y curl gcc \\
    && rm -rf /tmp/*
RUN rm -rf /var/lib/apt/lists/*
`,
  `FROM node:22
ENV HOME=/root
WORKDIR /app
COPY . /app
RUN npm ci && npm run build
RUN yarn install && pnpm install
RUN chown -R app:app /app
CMD ["node", "server.js"]
`,
  `FROM python:3.13
COPY --chown=app:app conf/ /etc/app/
COPY .env /app/.env
RUN pip install -r requirements.txt && rm /app/.env
USER app
RUN apt-get update && apt-get install -y --no-install-recommends git
RUN composer install && bundle install && mvn package && cargo build
`,
  `FROM debian:12
RUN curl -O https://example.org/tool.tar.gz && tar xzf tool.tar.gz
RUN rm tool.tar.gz
COPY files.tgz /tmp/
RUN tar xzf /tmp/files.tgz && rm /tmp/files.tgz
RUN wget -O /tool https://example.org/tool && dnf install -y gcc && zypper install curl
RUN chmod +x /tool
`,
  `FROM golang:1 AS build
ARG VERSION=1
RUN --mount=type=cache,target=/go/pkg/mod go build -o /a .
FROM alpine:3
RUN apk add gcc curl && gem install rake
RUN <<EOF
set -ex
for name in a b; do echo "$name" > "/srv/$name"; done
[ -f /srv/a ] || exit 1
EOF
RUN apk del gcc
COPY --from=build /a /a
HEALTHCHECK CMD curl -f http://localhost/ || exit 1
ENTRYPOINT ["/a"]
`,
];
