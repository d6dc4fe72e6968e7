// Buttons and words that lead somewhere: real links, so that they open in a new tab like any other.
import { Anchor, type AnchorProps, Button, type ButtonProps, Menu, type MenuItemProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";

type OwnProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "color" | "style">;

const AnchorButton = forwardRef<HTMLAnchorElement, ButtonProps & OwnProps>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));
const AnchorItem = forwardRef<HTMLAnchorElement, MenuItemProps & OwnProps>((props, ref) => (
  <Menu.Item component="a" ref={ref} {...props} />
));

const AnchorText = forwardRef<HTMLAnchorElement, AnchorProps & OwnProps>((props, ref) => (
  <Anchor ref={ref} {...props} />
));

export const LinkButton = createLink(AnchorButton);
export const LinkItem = createLink(AnchorItem);
export const LinkText = createLink(AnchorText);
