// What can be allowed stands in the table once, and choices bring along what they need.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Permission } from "@/api/types";
import {
  allowed,
  difference,
  firstRole,
  firstScopes,
  forbidden,
  isWithin,
  type Needs,
  shownPermissions,
} from "./permissions";

const needs: Needs = new Map<Permission, Permission[]>([
  ["customers:write", ["customers:read"]],
  ["duplicates:read", ["customers:read"]],
  ["duplicates:write", ["duplicates:read"]],
]);

test("every permission of the server has its place, and only one", () => {
  const description = JSON.parse(readFileSync(new URL("../../../openapi.json", import.meta.url), "utf8"));
  const known: string[] = description.components.schemas.Permission.enum;
  expect([...shownPermissions].sort()).toEqual([...known].sort());
});

test("to change something is to look at it too", () => {
  expect(allowed([], "duplicates:write", needs)).toEqual(["customers:read", "duplicates:read", "duplicates:write"]);
  expect(allowed(["audit:read"], "customers:read", needs)).toEqual(["customers:read", "audit:read"]);
});

test("what one may not look at one does not change", () => {
  const held = allowed(["audit:read", "customers:write"], "duplicates:write", needs);
  expect(forbidden(held, "customers:read", needs)).toEqual(["audit:read"]);
  expect(forbidden(held, "duplicates:write", needs)).toEqual([
    "customers:read",
    "customers:write",
    "duplicates:read",
    "audit:read",
  ]);
});

test("what differs from before is told both ways", () => {
  expect(difference(["customers:read", "jobs:read"], ["customers:write", "customers:read"])).toEqual({
    added: ["customers:write"],
    removed: ["jobs:read"],
  });
});

test("nobody is offered to give what he does not hold", () => {
  const everything = () => true;
  const some = (one: Permission) => one === "customers:read" || one === "users:write";
  expect(firstScopes(everything)).toEqual(["all"]);
  expect(firstScopes(some)).toEqual(["customers:read", "users:write"]);
  expect([isWithin(["all"], everything), isWithin(["all"], some)]).toEqual([true, false]);
  expect([isWithin(["customers:read"], some), isWithin(["customers:read", "jobs:read"], some)]).toEqual([true, false]);
  const roles: { key: string; permissions: Permission[] }[] = [
    { key: "admin", permissions: shownPermissions },
    { key: "editor", permissions: ["customers:read", "customers:write"] },
    { key: "service", permissions: ["customers:read"] },
  ];
  expect([firstRole(roles, everything), firstRole(roles, some), firstRole([], some)]).toEqual([
    "editor",
    "service",
    "",
  ]);
});
