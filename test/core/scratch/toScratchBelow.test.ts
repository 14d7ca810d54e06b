import { test } from "node:test";
import { aProgram, aSystem, bytesOf, checkOffer, userListBytes } from "./toScratchCase.ts";

const app = aProgram();
const standardPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

test("a single stage becomes a build stage: what only the container needs moves with its comments", () => {
  const image = aSystem()
    .layer({ "src/": "0" }, { createdBy: "WORKDIR /src" })
    .layer(
      { "usr/local/bin/app": app },
      { createdBy: "RUN /bin/sh -c go build -o /usr/local/bin/app # buildkit" },
    )
    .settings({
      cmd: ["app"],
      workingDir: "/src",
      env: [
        "PATH=/usr/local/go/bin:/usr/local/bin:/usr/bin",
        "GOLANG_VERSION=1.22",
        "CGO_ENABLED=0",
        "MODE=prod",
      ],
      exposedPorts: ["8080/tcp"],
      labels: { version: "1", by: "me" },
    });
  checkOffer(
    `# syntax=docker/dockerfile:1
# tare: image=app

FROM golang:1.22
WORKDIR /src
ENV CGO_ENABLED=0
LABEL by=me
RUN go build -o /usr/local/bin/app

# what it listens on
EXPOSE 8080
# tare: budget=1MB
ENV MODE=prod

CMD ["app"]
# vim: ft=dockerfile
`,
    image,
    {
      title: "FROM scratch",
      isProven: true,
      afterBytes: bytesOf(app),
      text: `# syntax=docker/dockerfile:1
# tare: image=app

FROM golang:1.22 AS build
WORKDIR /src
ENV CGO_ENABLED=0
RUN go build -o /usr/local/bin/app

FROM scratch
COPY --from=build /usr/local/bin/app /usr/local/bin/app
WORKDIR /src
LABEL by=me
# what it listens on
EXPOSE 8080
# tare: budget=1MB
ENV MODE=prod
CMD ["app"]
# vim: ft=dockerfile
`,
    },
  );
});

test("a named stage hands its name over, directories keep owner and mode, and later lines keep what they need", () => {
  const image = aSystem()
    .layer("var/log/x 1kB", { createdBy: "RUN /bin/sh -c apt-get update # buildkit" })
    .layer(
      { "data/": "0", "data/x/": { uid: 1000, gid: 1001, mode: 0o750 } },
      { createdBy: "RUN /bin/sh -c mkdir -p /data/x && chown web:web /data/x # buildkit" },
    )
    .layer({ "srv/": "0" }, { createdBy: "WORKDIR /srv" })
    .layer({ "srv/server": app }, { createdBy: "COPY /app ./server # buildkit" })
    .layer(
      { "etc/conf/a": "1kB", "etc/conf/b": "1kB" },
      { createdBy: "COPY conf /etc/conf # buildkit" },
    )
    .settings({
      entrypoint: ["./server"],
      cmd: ["--port", "80"],
      user: "web:web",
      workingDir: "/srv",
      volumes: ["/data/x"],
      env: [standardPath, "CONF=/etc/conf", "PORT=80"],
    });
  checkOffer(
    `FROM golang AS build
RUN go build -o /app
FROM debian:12 AS production
RUN apt-get update
RUN mkdir -p /data/x && chown web:web /data/x
WORKDIR /srv
COPY --from=build /app ./server
COPY conf /etc/conf
ENV CONF=/etc/conf \\
    # inside
    PORT=80
VOLUME /data/x
USER web:web
ENTRYPOINT ["./server"]
CMD ["--port", "80"]`,
    image,
    {
      isProven: true,
      afterBytes: bytesOf(app) + 2000,
      text: `FROM golang AS build
RUN go build -o /app
FROM debian:12 AS files
RUN apt-get update
RUN mkdir -p /data/x && chown web:web /data/x
WORKDIR /srv
COPY --from=build /app ./server
COPY conf /etc/conf
USER 0
RUN mkdir -p /rootfs/data/x && \\
    chmod 750 /rootfs/data/x && \\
    chown 1000:1001 /rootfs/data/x

FROM scratch AS production
COPY --from=files /rootfs/ /
COPY --from=files /etc/conf/ /etc/conf/
COPY --from=files /srv/server /srv/server
WORKDIR /srv
ENV CONF=/etc/conf \\
    # inside
    PORT=80
VOLUME /data/x
ENV HOME=/home/web
USER 1000:1001
ENTRYPOINT ["./server"]
CMD ["--port", "80"]`,
    },
  );
});

test("variables keep their ARG, or the value that the image has", () => {
  const image = aSystem()
    .emptyRow("ARG VERSION=2")
    .emptyRow("ENV PATH=/opt/bin:/usr/bin:/bin DATA=/data/2")
    .layer({ "opt/bin/app": app }, { createdBy: "RUN |1 VERSION=2 /bin/sh -c make # buildkit" })
    .emptyRow("LABEL version=2")
    .emptyRow("LABEL base=$12 /usr/bin")
    .emptyRow("ARG SIGNAL=SIGINT")
    .emptyRow("STOPSIGNAL SIGINT")
    .emptyRow('CMD ["/bin/sh" "-c" "app"]')
    .settings({
      cmd: ["app"],
      env: ["PATH=/opt/bin:/usr/bin:/bin", "DATA=/data/2", "HOME_OF=/opt/java"],
      labels: { version: "2", base: "$12 /usr/bin" },
      stopSignal: "SIGINT",
    });
  checkOffer(
    `ARG VERSION
FROM debian:12 AS build
ARG VERSION=1
ENV PATH=/opt/bin:$PATH DATA=/data/$VERSION
RUN make
LABEL version=$VERSION
LABEL base="\\$12 $HOME_OF"
ARG SIGNAL=SIGINT
STOPSIGNAL $SIGNAL
CMD app
`,
    image,
    {
      text: `ARG VERSION
FROM debian:12 AS build
ARG VERSION=1
ENV PATH=/opt/bin:$PATH DATA=/data/$VERSION
RUN make
ARG SIGNAL=SIGINT

FROM scratch
COPY --from=build /opt/bin/app /opt/bin/app
ENV PATH=/opt/bin:/usr/bin:/bin DATA=/data/2
ARG VERSION=1
LABEL version=$VERSION
LABEL base="\\$12 /usr/bin"
ARG SIGNAL=SIGINT
STOPSIGNAL $SIGNAL
CMD ["app"]
`,
    },
  );
});

test("stages below another one, with line breaks of Windows", () => {
  const image = aSystem()
    .layer({ "opt/bin/app": app }, { createdBy: "COPY app bin/app # buildkit" })
    .layer({ "opt/bin/app": app }, { createdBy: "RUN /bin/sh -c strip bin/app # buildkit" })
    .settings({ cmd: ["/bin/sh", "-c", "bin/app"], workingDir: "/opt", env: [standardPath] });
  const text = `FROM --platform=linux/amd64 debian:12 AS base
WORKDIR /opt
FROM base
COPY app bin/app
RUN strip bin/app
CMD bin/app
`;
  const after = `FROM --platform=linux/amd64 debian:12 AS base
WORKDIR /opt
FROM base AS files
COPY app bin/app
RUN strip bin/app

FROM --platform=linux/amd64 scratch
COPY --from=files /opt/bin/app /opt/bin/app
WORKDIR /opt
CMD ["bin/app"]
`;
  const toWindows = (one: string) => one.replaceAll("\n", "\r\n");
  checkOffer(text, image, { text: after });
  checkOffer(toWindows(text), image, { text: toWindows(after) });
});

test("links are copied as what they lead to, or made again where that goes along anyway", () => {
  const image = aSystem()
    .layer(
      {
        "opt/app-1/run": app,
        "opt/app-1/data": "1kB",
        "opt/app": { symlink: "app-1" },
        "usr/local/bin/run": { symlink: "/opt/app/run" },
        "opt/odd name": "2kB",
      },
      { createdBy: "COPY tree / # buildkit" },
    )
    .layer("var/x 1kB", { createdBy: "RUN /bin/sh -c true # buildkit" })
    .settings({ cmd: ["run"] });
  checkOffer('FROM debian:12\nCOPY tree /\nRUN true\nCMD ["run"]\n', image, {
    afterBytes: bytesOf(app) + 3000,
    text: `FROM debian:12 AS files
COPY tree /
RUN true
RUN mkdir -p /rootfs/usr/local/bin && \\
    ln -s /opt/app/run /rootfs/usr/local/bin/run

FROM scratch
COPY --from=files /rootfs/ /
COPY --from=files /opt/ /opt/
CMD ["run"]
`,
  });
});

test("where evidence is missing there is a choice, proven and small ones first", () => {
  const hidden = aProgram({ isUpx: true }, "");
  const image = aSystem()
    .layer("m.c 1kB", { createdBy: "COPY m.c . # buildkit" })
    .layer({ app: hidden }, { createdBy: "RUN /bin/sh -c gcc -static -o /app m.c # buildkit" })
    .settings({ cmd: ["/app"] });
  const text = 'FROM debian:12\nCOPY m.c .\nRUN gcc -static -o /app m.c\nCMD ["/app"]\n';
  const after = (copies: string) =>
    `FROM debian:12 AS build\nCOPY m.c .\nRUN gcc -static -o /app m.c\n${copies}CMD ["/app"]\n`;
  const tmp =
    "RUN mkdir -p /rootfs/tmp && \\\n    chmod 1777 /rootfs/tmp\n\nFROM scratch\nCOPY --from=build /rootfs/ /\n";
  const program = bytesOf(hidden) + userListBytes;
  const users = "COPY --from=build /etc/group /etc/passwd /etc/\n";
  const bundle =
    "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt\n";
  const zones = "COPY --from=build /usr/share/zoneinfo/ /usr/share/zoneinfo/\n";
  checkOffer(text, image, {
    title: "FROM scratch",
    afterBytes: program,
    text: after(`${tmp}COPY --from=build /app /app\n${users}`),
  });
  checkOffer(
    text,
    image,
    {
      title: "FROM scratch with CA bundle and time zones",
      afterBytes: program + 201_000,
      text: after(`${tmp}COPY --from=build /app /app\n${users}${bundle}${zones}`),
    },
    1,
  );
  checkOffer(
    text,
    image,
    {
      title: "FROM scratch with CA bundle, time zones and the copied files",
      afterBytes: program + 202_000,
      text: after(`${tmp}COPY --from=build /app /m.c /\n${users}${bundle}${zones}`),
    },
    2,
  );
});
