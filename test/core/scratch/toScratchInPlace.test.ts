import assert from "node:assert/strict";
import { test } from "node:test";
import { aProgram, aSystem, bytesOf, checkOffer, rewritesOf } from "./toScratchCase.ts";

const app = aProgram();
const afterBytes = bytesOf(app);

/** An image whose final stage only copies `/app`. */
const copied = () => aSystem().layer({ app }, { createdBy: "COPY /app /app # buildkit" });

test("a stage that only copies gets another base, and the rest stays", () => {
  const image = copied()
    .emptyRow('ENTRYPOINT ["/app"]')
    .settings({ entrypoint: ["/app"] });
  checkOffer(
    `# tare: image=app budget=1MB
FROM golang AS build
RUN go build -o /app

# what ships
FROM --platform=$TARGETPLATFORM debian:12 AS final
COPY --from=build /app /app
LABEL a=b
ENTRYPOINT ["/app"]
`,
    image,
    {
      title: "FROM scratch",
      afterBytes,
      isProven: true,
      text: `# tare: image=app budget=1MB
FROM golang AS build
RUN go build -o /app

# what ships
FROM --platform=$TARGETPLATFORM scratch AS final
COPY --from=build /app /app
LABEL a=b
ENTRYPOINT ["/app"]
`,
    },
  );
});

test("users become numbers, and the plain shell form becomes exec form", () => {
  const image = aSystem()
    .layer({ app }, { createdBy: "COPY --chown=web:web /app /app # buildkit" })
    .emptyRow("SHELL [/bin/sh -c]")
    .emptyRow("USER web")
    .emptyRow('CMD ["/bin/sh" "-c" "exec /app --port 80"]')
    .settings({ user: "web:web", cmd: ["/bin/sh", "-c", "exec /app --port 80"] });
  checkOffer(
    'FROM golang AS build\nRUN x\nFROM debian:12\nSHELL ["/bin/sh", "-c"]\nCOPY --from=build --chown=web:web /app /app\nUSER web:web\nCMD exec /app --port 80\n',
    image,
    {
      isProven: true,
      text: 'FROM golang AS build\nRUN x\nFROM scratch\nENV HOME=/home/web\nCOPY --from=build --chown=1000:1001 /app /app\nUSER 1000:1001\nCMD ["/app", "--port", "80"]\n',
    },
  );
});

test("a copy into a directory of the base stays one, and what a link leads to is copied below", () => {
  const image = (path: string, line: string) =>
    aSystem()
      .layer({ [path]: app }, { createdBy: `${line} # buildkit` })
      .emptyRow('CMD ["app"]')
      .settings({ cmd: ["app"] });
  checkOffer(
    'FROM golang AS build\nFROM debian:12\nCOPY --from=build /app /usr/local/bin\nCMD ["app"]\n',
    image("usr/local/bin/app", "COPY /app /usr/local/bin"),
    {
      text: 'FROM golang AS build\nFROM scratch\nCOPY --from=build /app /usr/local/bin/\nCMD ["app"]\n',
    },
  );
  checkOffer(
    'FROM golang AS build\nFROM debian:12\nCOPY --from=build /app /bin/\nCMD ["/bin/app"]\n',
    image("usr/bin/app", "COPY /app /bin/"),
    {
      text: 'FROM golang AS build\nFROM debian:12 AS files\nCOPY --from=build /app /bin/\n\nFROM scratch\nCOPY --from=files /usr/bin/app /usr/bin/app\nCMD ["/usr/bin/app"]\n',
    },
  );
});

test("what the base image set is written out", () => {
  const image = copied()
    .emptyRow('CMD ["serve"]')
    .settings({
      entrypoint: ["/app"],
      cmd: ["serve"],
      workingDir: "/srv",
      user: "65532",
      stopSignal: "SIGQUIT",
      exposedPorts: ["80/tcp"],
      volumes: ["/data"],
      env: ["PATH=/usr/sbin:/usr/bin", "LANG=C.UTF-8", "JAVA_HOME=/opt/java", 'NOTE=a "b" $c'],
    });
  checkOffer(
    'FROM golang AS build\nfrom debian:12\ncopy --from=build /app /app\ncmd ["serve"]\n',
    image,
    {
      text: `FROM golang AS build
from scratch
env LANG=C.UTF-8 NOTE="a \\"b\\" \\$c"
expose 80/tcp
volume ["/data"]
stopsignal SIGQUIT
workdir /srv
user 65532
entrypoint ["/app"]
copy --from=build /app /app
cmd ["serve"]
`,
    },
  );
});

test("directories that are needed are made by a stage that can", () => {
  const client = aProgram({}, "\0/tmp/x\0");
  const image = aSystem()
    .layer({ app: client }, { createdBy: "COPY /app /app # buildkit" })
    .emptyRow('CMD ["/app"]')
    .settings({ cmd: ["/app"] });
  checkOffer(
    'FROM golang AS build\nRUN go build -o /app\n\nFROM debian:12\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    image,
    {
      isProven: true,
      afterBytes: bytesOf(client),
      text: `FROM golang AS build
RUN go build -o /app
RUN mkdir -p /rootfs/tmp && \\
    chmod 1777 /rootfs/tmp

FROM scratch
COPY --from=build /rootfs/ /
COPY --from=build /app /app
CMD ["/app"]
`,
    },
  );
});

test("a health check stays where it runs the program itself, and goes where it runs a tool", () => {
  const image = copied()
    .emptyRow('CMD ["/app"]')
    .settings({ cmd: ["/app"] });
  const file = (check: string) =>
    `FROM golang AS build\nFROM debian:12\nCOPY --from=build /app /app\n${check}CMD ["/app"]\n`;
  const after = (check: string) => file(check).replace("debian:12", "scratch");
  const own = 'HEALTHCHECK --interval=5s CMD ["/app", "ping"]\n';
  checkOffer(file(own), image, { text: after(own) });
  checkOffer(file("HEALTHCHECK --interval=5s CMD /app ping || exit 1\n"), image, {
    text: after(own),
  });
  checkOffer(file("HEALTHCHECK CMD curl -f http://localhost/ || exit 1\n"), image, {
    text: after(""),
    isProven: false,
    caveats: [
      "HEALTHCHECK is left out, for it runs something that scratch does not have: whoever runs the container has to probe it from outside.",
    ],
  });
});

test("nothing for what is from scratch already, and reasons where it cannot be", () => {
  const image = copied()
    .emptyRow('CMD ["/app"]')
    .settings({ cmd: ["/app"] });
  const reasons = (text: string, beside: Parameters<typeof rewritesOf>[1]) =>
    rewritesOf(text, beside).refusals.map(({ reason }) => reason);
  assert.deepEqual(rewritesOf('FROM scratch\nCOPY app /app\nCMD ["/app"]\n', image), {
    offers: [],
    refusals: [],
  });
  assert.deepEqual(reasons('FROM debian:12\nCOPY app /app\nCMD ["/app"]\n', undefined), [
    "What the program needs shows only in its files: build the image once.",
  ]);
  assert.deepEqual(reasons("FROM debian:12\nCOPY app /app\nCMD /app $PORT\n", image).slice(0, 1), [
    "The start line needs a shell: variables, several commands or redirections are in it.",
  ]);
  assert.match(
    reasons('FROM debian:12\nCOPY app /app\nONBUILD RUN x\nCMD ["/app"]\n', image).join(" "),
    /ONBUILD/,
  );
});
