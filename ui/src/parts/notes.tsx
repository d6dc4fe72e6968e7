// Where notes appear. In a file of its own, so that it can be fetched apart from what writes them.
export { Notifications } from "@mantine/notifications";
