// Buttons that lead somewhere: real links, so that they open in a new tab like any other.
import { Button, type ButtonProps, Menu, type MenuItemProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";

type AnchorProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "color" | "style">;

const AnchorButton = forwardRef<HTMLAnchorElement, ButtonProps & AnchorProps>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));
const AnchorItem = forwardRef<HTMLAnchorElement, MenuItemProps & AnchorProps>((props, ref) => (
  <Menu.Item component="a" ref={ref} {...props} />
));

export const LinkButton = createLink(AnchorButton);
export const LinkItem = createLink(AnchorItem);
