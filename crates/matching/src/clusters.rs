//! Pairs that hang together make a cluster: everyone who may be one person.

use std::collections::HashMap;

/// Members a cluster may have so that everybody in it is compared with everybody.
pub const COMPARED_MAX: usize = 50;

/// Gives every member of the pairs the smallest id of his cluster.
pub fn clusters(pairs: impl IntoIterator<Item = (i64, i64)>) -> HashMap<i64, i64> {
    let mut leaders = HashMap::new();
    for (one, other) in pairs {
        let (one, other) = (leader(&mut leaders, one), leader(&mut leaders, other));
        leaders.insert(one.max(other), one.min(other));
    }
    let members: Vec<i64> = leaders.keys().copied().collect();
    members.into_iter().map(|member| (member, leader(&mut leaders, member))).collect()
}

/// The members of each cluster in the order of their ids.
pub fn groups(pairs: impl IntoIterator<Item = (i64, i64)>) -> Vec<Vec<i64>> {
    let mut members: Vec<(i64, i64)> = clusters(pairs).into_iter().map(|(member, leader)| (leader, member)).collect();
    members.sort_unstable();
    members.chunk_by(|one, other| one.0 == other.0).map(|group| group.iter().map(|(_, member)| *member).collect()).collect()
}

/// Every two of a group, the smaller id first.
pub fn each_two(group: &[i64]) -> impl Iterator<Item = (i64, i64)> + '_ {
    group.iter().enumerate().flat_map(|(place, one)| group[place + 1..].iter().map(|other| (*one, *other)))
}

/// The smallest id known to hang together with this one; what was walked past points there afterwards.
fn leader(leaders: &mut HashMap<i64, i64>, member: i64) -> i64 {
    let mut top = *leaders.entry(member).or_insert(member);
    while let Some(next) = leaders.get(&top).copied().filter(|next| *next != top) {
        top = next;
    }
    let mut place = member;
    while place != top {
        place = leaders.insert(place, top).unwrap_or(top);
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(i64, i64)], expected: &[(i64, i64)]) {
        let mut found: Vec<(i64, i64)> = clusters(pairs.iter().copied()).into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_two_of_a_group_are_named_once() {
        let found = groups([(5, 4), (9, 8), (4, 2)]);
        assert_eq!(found, [vec![2, 4, 5], vec![8, 9]]);
        assert_eq!(each_two(&found[0]).collect::<Vec<_>>(), [(2, 4), (2, 5), (4, 5)]);
    }

    #[test]
    fn what_hangs_together_has_one_leader() {
        check(&[], &[]);
        check(&[(2, 1)], &[(1, 1), (2, 1)]);
        check(&[(5, 4), (3, 2), (4, 3), (9, 8)], &[(2, 2), (3, 2), (4, 2), (5, 2), (8, 8), (9, 8)]);
        check(&[(1, 2), (2, 1), (2, 2)], &[(1, 1), (2, 1)]);
    }
}
