import { goCacheKept } from "../../../server/src/core/rules/goCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(goCacheKept, {
  message: "Files of Go's build cache stay in this layer.",
  reported: [
    ["RUN go build -o /app .", "go build"],
    ["RUN CGO_ENABLED=0 go install ./...", "go install"],
  ],
  silent: [
    "RUN go version",
    "RUN go build . && go clean -cache",
    "RUN go build . && rm -rf /root/.cache/go-build",
    "RUN --mount=type=cache,target=/root/.cache/go-build go build .",
  ],
  measured: [
    ["root/.cache/go-build/00/a 50MB", "50 MB of files of Go's build cache stay in this layer."],
    ["go/pkg/mod/example.com/a 50MB", "50 MB of downloaded Go modules stay in this layer."],
  ],
  fixes: [
    [
      "RUN go mod download",
      "RUN go mod download && go clean -modcache",
      "Delete the downloaded Go modules in the same RUN",
    ],
    [
      "RUN go build -o /app .",
      "RUN go build -o /app . && rm -rf ~/.cache/go-build",
      "Delete Go's build cache in the same RUN",
    ],
  ],
});
