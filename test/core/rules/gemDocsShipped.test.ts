import { gemDocsShipped } from "../../../server/src/core/rules/gemDocsShipped.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(gemDocsShipped, {
  reported: [],
  silent: ["RUN gem install rails"],
  measured: [
    ["var/lib/gems/3.1.0/doc/rails/ri/a 3MB", "3 MB of documentation of gems stay in this layer."],
  ],
  fixes: [],
});
