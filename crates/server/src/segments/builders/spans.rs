//! Sets of whole numbers as spans, both ends inside, ascending and apart from each other.

pub type Span = (u32, u32);

/// Written in any order, with overlaps; read back in the one way to write this set.
pub fn tidy(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match apart.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => apart.push((from, to)),
        }
    }
    apart
}

/// What is left of a set when a span is taken out of it.
pub fn without(spans: Vec<Span>, (from, to): Span) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len() + 1);
    for (start, end) in spans {
        if start < from {
            left.push((start, end.min(from - 1)));
        }
        if to < end {
            left.push((start.max(to + 1), end));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_set_is_written_one_way() {
        assert_eq!(tidy(vec![(5, 6), (1, 2), (3, 3), (6, 9), (7, 8), (u32::MAX, u32::MAX)]), [(1, 3), (5, 9), (u32::MAX, u32::MAX)]);
    }

    #[test]
    fn spans_are_taken_out() {
        check(&[(1, 9)], (4, 5), &[(1, 3), (6, 9)]);
        check(&[(1, 9)], (0, 5), &[(6, 9)]);
        check(&[(1, 9)], (5, 20), &[(1, 4)]);
        check(&[(1, 9)], (0, 20), &[]);
        check(&[(1, 9), (12, 14)], (10, 11), &[(1, 9), (12, 14)]);
        check(&[(3, u32::MAX)], (5, u32::MAX), &[(3, 4)]);

        #[track_caller]
        fn check(spans: &[Span], taken: Span, left: &[Span]) {
            assert_eq!(without(spans.to_vec(), taken), left);
        }
    }
}
