import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { freePort } from "test-support/free-port";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { emptyDirectory, SECRET } from "./support/cli.ts";
import { doctor, listening, receiver, serving } from "./support/doctor.ts";

describe("doctor looks at a receiver:", () => {
  const answering =
    (status: number, headers: Record<string, string> = {}, body = ""): RequestListener =>
    (_req, res) =>
      res.writeHead(status, headers).end(body);

  test.each<[string, RequestListener, string, RegExp]>([
    [
      "another receiver that refuses with 400",
      answering(400, {}, "bad signature"),
      "receiver_verifies true",
      /refuses/,
    ],
    ["one that accepts a forged delivery", answering(200, {}, "ok"), "receiver_verifies false", /certify/],
    ["a path that is not there", answering(404), "receiver_path false", /no route at/],
    ["a path that takes GET only", answering(405), "receiver_path false", /for POST/],
    [
      "a redirect",
      answering(308, { location: "/webhooks/mintfax/?token=s3cret" }),
      "receiver_path false",
      /a redirect to .*\/mintfax\/\. /,
    ],
    [
      "a page of a front end",
      answering(200, { "content-type": "text/html" }, "<!doctype html><p>Log in"),
      "receiver_path false",
      /login page/,
    ],
    [
      "a page without a content type",
      answering(200, {}, "<html><p>Parked"),
      "receiver_path false",
      /web page/,
    ],
    ["a login", answering(401), "receiver_verifies unknown", /credentials/],
    ["a proxy without a process behind it", answering(502), "receiver_path false", /no process answers/],
    [
      "a clock that is wrong",
      answering(400, { date: "Thu, 01 Jan 2026 00:00:00 GMT" }),
      "clock false",
      /chronyc/,
    ],
  ])("%s", async (_, listener, code, said) => {
    const { codes, texts, stdout } = await doctor(["--to", await serving(listener)]);
    expect(codes).toContain(code);
    expect(texts).toMatch(said);
    expect(stdout).not.toContain("s3cret");
  });

  test("a body parser in front of it", async () => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome() {} }).on("*", () => {});
    const { codes, texts } = await doctor(["--to", await serving(express().use(express.json(), webhooks))]);
    expect(codes).toContain("receiver_body false");
    expect(texts).toContain("before the body parser");
  });

  test("whose secret cannot be had", async () => {
    const secret = () => Promise.reject(new Error("vault"));
    const webhooks = mintfaxWebhooks({ secret, onOutcome() {} }).on("*", () => {});
    const { codes } = await doctor(["--to", await serving(express().use(webhooks))]);
    expect(codes).toContain("receiver_ready false");
  });

  test("whose own clock is 10 minutes off", async () => {
    const { app } = receiver();
    const to = await serving(app);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 600_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { codes } = await doctor(["--to", to]);
    expect(codes).toContain("clock false");
    expect(codes).not.toContain("receiver_verifies true");
  });

  test("a closed port, and TLS to a server without it", async () => {
    const closed = await doctor(["--to", `http://127.0.0.1:${await freePort()}`]);
    expect(closed.codes).toEqual(["receiver_reachable false"]);
    expect(closed.texts).toContain("Is it running?");
    const plain = await serving(answering(400));
    const { codes, texts } = await doctor(["--to", plain.replace("http:", "https:")]);
    expect(codes).toEqual(["receiver_tls false"]);
    expect(texts).toContain("does not speak TLS");
  });

  const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;
  test.runIf(HAS_OPENSSL)("a certificate that is not trusted (needs openssl)", async () => {
    const [key, cert] = [join(emptyDirectory(), "key.pem"), join(emptyDirectory(), "cert.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-days", "1"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject],
      { stdio: "ignore" },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, answering(400));
    const { codes, texts } = await doctor(["--to", await listening(server, "https")]);
    expect(codes).toEqual(["receiver_tls false"]);
    expect(texts).toContain("not trusted");
  });
});
