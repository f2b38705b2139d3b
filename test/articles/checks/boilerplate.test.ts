import { expect, test } from "vitest";
import { boilerplate } from "../../../src/articles/checks/boilerplate.ts";

test("lines of the theme among the key points are found, all of them", () => {
  expect(boilerplate(["The quay stays open.", "Read more: The mayor", "Share this article"])).toEqual({
    kind: "hit",
    reason: "boilerplate among the key points: “Read more: The mayor”, “Share this article”",
  });
});

test("key points are none", () => {
  expect(boilerplate(["The quay stays open.", "Shares of the ferry company rose."])).toBeNull();
  expect(boilerplate([])).toBeNull();
});
