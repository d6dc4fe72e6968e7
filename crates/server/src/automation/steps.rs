//! Journeys: a rule whose actions are steps with waiting, branching and leaving in between. What people write is a tree of
//! steps; what runs is a list of operations made from it, in which every step has a place that stays the same for a version.

use super::action::Deed;
use super::delay::{Delay, TimeOfDay, due};
use crate::error::Problem;
use crate::ids::CustomerId;
use crate::time::Instant;
use condition::{Catalogue, Needs, Tree};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Steps one journey may have, those inside branches counted, and how deep branches may lie in one another.
pub const STEPS_MAX: usize = 200;
const DEPTH_MAX: usize = 8;
const BRANCHES_MAX: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = JourneyStep, no_recursion)]
pub enum Step {
    /// Do something.
    #[serde(rename_all = "camelCase")]
    Action {
        /// By which a running customer finds his place in a later version; else by the path.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[schema(value_type = crate::automation::Deed)]
        action: Deed,
    },
    /// Wait so long, then until this time of day where the customer lives.
    #[serde(rename_all = "camelCase")]
    Wait {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
        length: Option<Delay>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<TimeOfDay>,
    },
    /// Wait until the condition holds, at most so long.
    #[serde(rename_all = "camelCase")]
    WaitFor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[schema(value_type = Object)]
        condition: Value,
        timeout: Delay,
        /// What becomes of who waited in vain.
        #[serde(default)]
        on_timeout: OnTimeout,
    },
    /// Go the first way whose condition holds, then on after this step.
    #[serde(rename_all = "camelCase")]
    Branch {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        branches: Vec<Branch>,
        #[serde(default)]
        otherwise: Vec<Step>,
    },
    /// Go one of the ways by lot: the same one for the same customer in every run.
    #[serde(rename_all = "camelCase")]
    Split {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        parts: Vec<Part>,
    },
    /// Leave if the condition holds.
    #[serde(rename_all = "camelCase")]
    Exit {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[schema(value_type = Object)]
        condition: Value,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JourneyOnTimeout)]
pub enum OnTimeout {
    #[default]
    Continue,
    Exit,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = JourneyBranch, no_recursion)]
pub struct Branch {
    #[schema(value_type = Object)]
    pub condition: Value,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = JourneyPart, no_recursion)]
pub struct Part {
    pub percent: u8,
    pub steps: Vec<Step>,
}

/// Every action in the steps, with its path.
pub fn deeds(steps: &[Step]) -> Vec<(String, &Deed)> {
    let mut found = Vec::new();
    walk(steps, "/steps", &mut |path, step| {
        if let Step::Action { action, .. } = step {
            found.push((format!("{path}/action"), action));
        }
    });
    found
}

/// Every condition in the steps, with its path.
pub fn conditions(steps: &[Step]) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk(steps, "/steps", &mut |path, step| match step {
        Step::WaitFor { condition, .. } | Step::Exit { condition, .. } => found.push((format!("{path}/condition"), condition)),
        Step::Branch { branches, .. } => {
            found.extend(
                branches.iter().enumerate().map(|(place, branch)| (format!("{path}/branches/{place}/condition"), &branch.condition)),
            );
        }
        Step::Action { .. } | Step::Wait { .. } | Step::Split { .. } => {}
    });
    found
}

fn walk<'s>(steps: &'s [Step], path: &str, see: &mut impl FnMut(&str, &'s Step)) {
    for (place, step) in steps.iter().enumerate() {
        let path = format!("{path}/{place}");
        see(&path, step);
        for (inner, steps) in ways(step, &path) {
            walk(steps, &inner, see);
        }
    }
}

/// The lists of steps inside a step.
fn ways<'s>(step: &'s Step, path: &str) -> Vec<(String, &'s [Step])> {
    match step {
        Step::Branch { branches, otherwise, .. } => {
            let branches = branches.iter().enumerate();
            let mut all: Vec<_> = branches.map(|(place, one)| (format!("{path}/branches/{place}/steps"), one.steps.as_slice())).collect();
            all.push((format!("{path}/otherwise"), otherwise));
            all
        }
        Step::Split { parts, .. } => {
            parts.iter().enumerate().map(|(place, part)| (format!("{path}/parts/{place}/steps"), part.steps.as_slice())).collect()
        }
        Step::Action { .. } | Step::Wait { .. } | Step::WaitFor { .. } | Step::Exit { .. } => Vec::new(),
    }
}

fn name(step: &Step) -> Option<&str> {
    match step {
        Step::Action { name, .. }
        | Step::Wait { name, .. }
        | Step::WaitFor { name, .. }
        | Step::Branch { name, .. }
        | Step::Split { name, .. }
        | Step::Exit { name, .. } => name.as_deref(),
    }
}

/// What is wrong with the steps by themselves; conditions and actions are looked at elsewhere.
pub fn check(steps: &[Step]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut count, mut names) = (0, Vec::new());
    walk(steps, "/steps", &mut |path, step| {
        count += 1;
        let mut refuse = |at: &str, code: &str, message: &str| problems.push(Problem::new(format!("{path}{at}"), code, message));
        if path.matches("/steps/").count() + path.matches("/otherwise/").count() > DEPTH_MAX {
            refuse("", "too_deep", "branches lie at most 8 deep in one another");
        }
        if let Some(name) = name(step) {
            if names.contains(&name) {
                refuse("/name", "duplicate", "another step has this name");
            }
            names.push(name);
        }
        match step {
            Step::Wait { length, until, .. } if length.is_none() && until.is_none() => {
                refuse("", "missing", "say for how long to wait, or until when");
            }
            Step::WaitFor { timeout, .. } if timeout.0 == 0 => refuse("/timeout", "out_of_range", "a time to wait is longer than nothing"),
            Step::Branch { branches, .. } if branches.is_empty() => refuse("/branches", "missing", "a branch has at least one way"),
            Step::Branch { branches, .. } if BRANCHES_MAX < branches.len() => refuse("/branches", "too_many", "at most 20 ways"),
            Step::Split { parts, .. } if parts.len() < 2 => refuse("/parts", "missing", "a split has at least two parts"),
            Step::Split { parts, .. } if BRANCHES_MAX < parts.len() => refuse("/parts", "too_many", "at most 20 parts"),
            Step::Split { parts, .. } if parts.iter().map(|part| u32::from(part.percent)).sum::<u32>() != 100 => {
                refuse("/parts", "out_of_range", "the parts make 100 percent together");
            }
            _ => {}
        }
    });
    if STEPS_MAX < count {
        problems.push(Problem::new("/steps", "too_many", "a journey has at most 200 steps"));
    }
    problems
}

/// One operation of a journey. Places count from 0; the place after the last is the end.
#[derive(Debug)]
pub enum Op {
    Act(Deed),
    Wait {
        length: Option<Delay>,
        until: Option<TimeOfDay>,
    },
    WaitFor {
        tree: Tree,
        timeout: Delay,
        on_timeout: OnTimeout,
    },
    /// Ways with their conditions, and where to go if none holds.
    Branch {
        ways: Vec<(Tree, usize)>,
        otherwise: usize,
    },
    /// Upper bounds in percent.
    Split(Vec<(u32, usize)>),
    Exit(Tree),
    Jump(usize),
}

#[derive(Debug, Default)]
pub struct Journey {
    pub ops: Vec<Op>,
    /// By place: the path of the step, and its name.
    pub labels: Vec<(String, Option<String>)>,
    /// What its conditions read.
    pub needs: Needs,
    /// What the conditions read that somebody may be waiting for.
    pub awaited: Needs,
}

impl Journey {
    /// Problems name the path to a condition that does not hold water any more.
    pub fn compile(steps: &[Step], catalogue: &Catalogue) -> Result<Journey, String> {
        let mut journey = Journey::default();
        journey.append(steps, "/steps", catalogue)?;
        Ok(journey)
    }

    fn append(&mut self, steps: &[Step], path: &str, catalogue: &Catalogue) -> Result<(), String> {
        for (place, step) in steps.iter().enumerate() {
            let path = format!("{path}/{place}");
            let label = (path.clone(), name(step).map(str::to_owned));
            match step {
                Step::Action { action, .. } => self.push(label, Op::Act(action.clone())),
                Step::Wait { length, until, .. } => self.push(label, Op::Wait { length: *length, until: *until }),
                Step::WaitFor { condition, timeout, on_timeout, .. } => {
                    let tree = self.tree(condition, &format!("{path}/condition"), catalogue)?;
                    self.awaited.merge(&condition::needs(&tree));
                    self.push(label, Op::WaitFor { tree, timeout: *timeout, on_timeout: *on_timeout });
                }
                Step::Exit { condition, .. } => {
                    let tree = self.tree(condition, &format!("{path}/condition"), catalogue)?;
                    self.push(label, Op::Exit(tree));
                }
                Step::Branch { branches, .. } => self.append_branch(step, branches, label, catalogue)?,
                Step::Split { parts, .. } => self.append_split(step, parts, label, catalogue)?,
            }
        }
        Ok(())
    }

    fn append_branch(
        &mut self,
        step: &Step,
        branches: &[Branch],
        label: (String, Option<String>),
        catalogue: &Catalogue,
    ) -> Result<(), String> {
        let path = label.0.clone();
        let at = self.ops.len();
        self.push(label, Op::Jump(0));
        let (starts, end) = self.append_ways(step, &path, catalogue)?;
        let mut ways = Vec::with_capacity(branches.len());
        for (place, branch) in branches.iter().enumerate() {
            ways.push((self.tree(&branch.condition, &format!("{path}/branches/{place}/condition"), catalogue)?, starts[place]));
        }
        self.ops[at] = Op::Branch { ways, otherwise: starts.last().copied().unwrap_or(end) };
        Ok(())
    }

    fn append_split(&mut self, step: &Step, parts: &[Part], label: (String, Option<String>), catalogue: &Catalogue) -> Result<(), String> {
        let path = label.0.clone();
        let at = self.ops.len();
        self.push(label, Op::Jump(0));
        let (starts, _) = self.append_ways(step, &path, catalogue)?;
        let mut bound = 0;
        let bounds = parts.iter().zip(starts).map(|(part, start)| {
            bound += u32::from(part.percent);
            (bound, start)
        });
        self.ops[at] = Op::Split(bounds.collect());
        Ok(())
    }

    /// Appends the ways of a step, each ending with a jump behind all of them; gives where each begins, and the end.
    fn append_ways(&mut self, step: &Step, path: &str, catalogue: &Catalogue) -> Result<(Vec<usize>, usize), String> {
        let (mut starts, mut jumps) = (Vec::new(), Vec::new());
        for (inner, steps) in ways(step, path) {
            starts.push(self.ops.len());
            self.append(steps, &inner, catalogue)?;
            jumps.push(self.ops.len());
            self.push((inner, None), Op::Jump(0));
        }
        let end = self.ops.len();
        jumps.into_iter().for_each(|jump| self.ops[jump] = Op::Jump(end));
        Ok((starts, end))
    }

    fn push(&mut self, label: (String, Option<String>), op: Op) {
        self.labels.push(label);
        self.ops.push(op);
    }

    fn tree(&mut self, condition: &Value, path: &str, catalogue: &Catalogue) -> Result<Tree, String> {
        let tree = condition::check_with_trigger(condition, catalogue)
            .map_err(|problems| problems.first().map(|found| format!("{path}{}: {}", found.path, found.message)).unwrap_or_default())?;
        self.needs.merge(&condition::needs(&tree));
        Ok(tree)
    }

    pub fn path(&self, place: usize) -> &str {
        self.labels.get(place).map_or("", |(path, _)| path)
    }

    /// Where somebody who waits at a place of an earlier version goes on in this one.
    pub fn place_of(&self, earlier: &Journey, place: usize) -> Option<usize> {
        let (path, name) = earlier.labels.get(place)?;
        let same = |(own_path, own_name): &(String, Option<String>)| match name {
            Some(_) => own_name == name,
            None => own_path == path && own_name.is_none(),
        };
        let found = self.labels.iter().position(same)?;
        let is_alike = std::mem::discriminant(&self.ops[found]) == std::mem::discriminant(earlier.ops.get(place)?);
        is_alike.then_some(found)
    }
}

/// How far somebody gets before he has to wait, or is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Places of the actions on the way.
    pub acts: Vec<usize>,
    pub then: Then,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Waits at this place until this instant, or until something happens.
    Waits {
        place: usize,
        until: Instant,
        for_condition: bool,
    },
    /// Goes on at this place on the state that the actions leave.
    LooksAgain {
        place: usize,
    },
    /// Left at this place, by its condition or because he waited in vain.
    Exited {
        place: usize,
    },
    Finished,
}

/// What a journey has to know of somebody to take him further.
pub trait Traveller {
    fn holds(&mut self, tree: &Tree) -> bool;
    /// When time alone may change the answer.
    fn due(&mut self, tree: &Tree) -> Option<Instant>;
    fn zone(&self) -> TimeZone;
    /// 0 to 99, always the same for the same customer and place.
    fn lot(&self, place: usize) -> u32;
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub place: usize,
    /// Since when he waits there; nothing if he just comes.
    pub waits_since: Option<Instant>,
}

impl Journey {
    /// Takes somebody as far as he gets at `now`. Conditions that come after an action are left to the next look, which sees
    /// what the action did.
    pub fn advance(&self, from: Standing, now: Instant, traveller: &mut impl Traveller) -> Progress {
        let Standing { mut place, mut waits_since } = from;
        let mut acts = Vec::new();
        let then = loop {
            let Some(op) = self.ops.get(place) else { break Then::Finished };
            let asks = matches!(op, Op::WaitFor { .. } | Op::Branch { .. } | Op::Exit(_));
            if asks && !acts.is_empty() {
                break Then::LooksAgain { place };
            }
            match op {
                Op::Act(_) => {
                    acts.push(place);
                    place += 1;
                }
                Op::Jump(to) => place = *to,
                Op::Split(bounds) => {
                    let lot = traveller.lot(place);
                    place = bounds.iter().find(|(bound, _)| lot < *bound).map_or(self.ops.len(), |(_, to)| *to);
                }
                Op::Wait { length, until } => {
                    let since = waits_since.unwrap_or(now);
                    let until = due(*length, *until, since, &traveller.zone());
                    if now < until {
                        break Then::Waits { place, until, for_condition: false };
                    }
                    place += 1;
                }
                Op::WaitFor { tree, timeout, on_timeout } => {
                    let end = timeout.after(waits_since.unwrap_or(now));
                    if traveller.holds(tree) {
                        place += 1;
                    } else if now < end {
                        let until = traveller.due(tree).map_or(end, |at| at.max(Instant(now.0 + 1)).min(end));
                        break Then::Waits { place, until, for_condition: true };
                    } else if *on_timeout == OnTimeout::Exit {
                        break Then::Exited { place };
                    } else {
                        place += 1;
                    }
                }
                Op::Branch { ways, otherwise } => {
                    place = ways.iter().find(|(tree, _)| traveller.holds(tree)).map_or(*otherwise, |(_, to)| *to);
                }
                Op::Exit(tree) if traveller.holds(tree) => break Then::Exited { place },
                Op::Exit(_) => place += 1,
            }
            waits_since = None;
        };
        Progress { acts, then }
    }
}

/// 0 to 9999 for a customer in this lot, evenly spread and always the same. FNV-1a over the three numbers, then the final
/// mix of MurmurHash3, because neighbours in FNV stay neighbours.
pub fn lot(rule: i64, place: i64, customer: CustomerId) -> u32 {
    let bytes = [rule, place, customer.0].into_iter().flat_map(i64::to_le_bytes);
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    u32::try_from((hash ^ (hash >> 33)) % 10_000).unwrap_or(0)
}
