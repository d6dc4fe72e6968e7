// English words of subscriptions to newsletter lists.
export const subscriptions = {
  title: "Newsletter",
  none: "On no list so far.",
  add: "Add list",
  addVerb: "Add",
  list: "List",
  listHint: "In letters, digits, _, - and ., such as monthly",
  status: "Status",
  statusOf: "Status on list {list}",
  statuses: {
    subscribed: "subscribed",
    pending: "not confirmed",
    unsubscribed: "unsubscribed",
    cleaned: "unreachable",
  },
  changed: "The status on {list} was changed.",
  forgetOf: "Take off the records of {list}",
  forgetTitle: "Take off the records of {list}?",
  forgetText:
    "As if the customer had never been on this list. To keep that they left it, choose “unsubscribed” instead.",
  forgotten: "{list} was taken off the records.",
};
