//! Sums of numbers that do not depend on their order. The evaluator and SQLite add with this, PostgreSQL takes the same steps
//! in the text of [`crate::dialect`].

/// A sum counts in millionths, ...
pub const MILLION: f64 = 1e6;
/// ... and a single number stops here, above and below zero.
pub const SUMMAND_MAX: f64 = 1e12;

/// Numbers added up in whole millionths; a tie goes to the even one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExactSum {
    millionths: i128,
    count: i64,
}

impl ExactSum {
    pub fn add(&mut self, number: f64) {
        self.millionths += i128::from((number.clamp(-SUMMAND_MAX, SUMMAND_MAX) * MILLION).round_ties_even() as i64);
        self.count += 1;
    }

    /// Null where there was no number.
    pub fn sum(&self) -> Option<f64> {
        (self.count > 0).then(|| self.millionths as f64 / MILLION)
    }

    pub fn average(&self) -> Option<f64> {
        (self.count > 0).then(|| self.millionths as f64 / self.count as f64 / MILLION)
    }
}

impl Extend<f64> for ExactSum {
    fn extend<T: IntoIterator<Item = f64>>(&mut self, numbers: T) {
        numbers.into_iter().for_each(|number| self.add(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_the_order() {
        check(&[0.1, 0.2], Some(0.3));
        check(&[0.1; 10], Some(1.0));
        check(&[24.1, 0.2], Some(24.3));
        check(&[-0.000_000_4, 5.0], Some(5.0));
        check(&[1e300, 1.0, -1e300], Some(1.0));
        check(&[], None);

        #[track_caller]
        fn check(numbers: &[f64], sum: Option<f64>) {
            let (mut forth, mut back) = (ExactSum::default(), ExactSum::default());
            forth.extend(numbers.iter().copied());
            back.extend(numbers.iter().rev().copied());
            assert_eq!((forth.sum(), back.sum()), (sum, sum));
        }
    }
}
