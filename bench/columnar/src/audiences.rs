//! The twelve audiences, each for one block: which of its 64 customers are in it. What is cheap comes first, and what is dear
//! is asked of those alone for whom it still decides.

use crate::index::{BLOCK, Block, Index, Lane, NO_NUMBER};
use std::ops::Range;

type Audience = fn(&Index, usize, i64) -> u64;

pub const ALL: [(&str, Audience); 12] = [
    ("attributes-only", attributes_only),
    ("zip-birth-gender", zip_birth_gender),
    ("orders-in-categories", orders_in_categories),
    ("no-login", no_login),
    ("spenders", spenders),
    ("active-without-order", active_without_order),
    ("nested", nested),
    ("member-and-not-member", member_and_not_member),
    ("abandoned-cart", abandoned_cart),
    ("opens-without-click", opens_without_click),
    ("mobile-or-many-views", mobile_or_many_views),
    ("tree-over-audiences", tree_over_audiences),
];

const DAY: i64 = 86_400_000_000;
const MILLION: i64 = 1_000_000;

fn attributes_only(index: &Index, block: usize, _: i64) -> u64 {
    let field = |name, value| index.field(name, value, block);
    (field("country", "DE") | field("country", "AT"))
        & field("active", "1")
        & (field("tier", "silver") | field("tier", "gold"))
        & field("newsletter", "1")
}

fn zip_birth_gender(index: &Index, block: usize, _: i64) -> u64 {
    let zips = index.zips.partition_point(|zip| zip.as_str() < "1") as u32..index.zips.partition_point(|zip| zip.as_str() < "2") as u32;
    let among = index.everybody[block] & !index.field("gender", "male", block);
    those(among, |place| {
        let customer = block * BLOCK + place;
        zips.contains(&index.zip_of[customer]) && (19_700_101..=19_891_231).contains(&index.birth_of[customer])
    })
}

fn orders_in_categories(index: &Index, block: usize, now: i64) -> u64 {
    let Some(orders) = Asked::of(index, "order", block) else { return 0 };
    let (Some((category, shoes)), Some((_, tents))) = (orders.lane.code("category", "shoes"), orders.lane.code("category", "tents")) else {
        return 0;
    };
    let Some(codes) = orders.block.codes.get(category) else { return 0 };
    orders.those(index.everybody[block], now - 365 * DAY, now, |range| {
        3 <= range.len() && 3 <= codes[range].iter().filter(|code| **code == shoes || **code == tents).count()
    })
}

fn no_login(index: &Index, block: usize, now: i64) -> u64 {
    index.everybody[block] & !at_least(index, "login", block, index.everybody[block], now - 180 * DAY, now, 1)
}

fn spenders(index: &Index, block: usize, now: i64) -> u64 {
    let Some(orders) = Asked::of(index, "order", block) else { return 0 };
    orders.those(index.everybody[block], now - 365 * DAY, now, |range| 500 * MILLION <= sum(&orders.block.values, range).0)
}

fn active_without_order(index: &Index, block: usize, now: i64) -> u64 {
    let Some(orders) = Asked::of(index, "order", block) else { return 0 };
    let long_ago = orders.those(index.everybody[block], i64::MIN, now, |range| orders.block.at[range.end - 1] <= now - 90 * DAY);
    index.lanes.keys().fold(0, |active, kind| active | at_least(index, kind, block, long_ago & !active, now - 14 * DAY, now, 1))
}

fn nested(index: &Index, block: usize, now: i64) -> u64 {
    let germans = index.field("country", "DE", block);
    let buyers = at_least(index, "order", block, germans, now - 180 * DAY, now, 2);
    let one = at_least(index, "login", block, buyers, now - 30 * DAY, now, 1);
    let gold = index.field("tier", "gold", block) & !one;
    let wishing = at_least(index, "wishlist", block, gold, now - 365 * DAY, now, 3);
    one | wishing | praising(index, block, gold & !wishing, now)
}

/// Whose reviews of the last year have four stars or more on average. Stars are codes; the dictionary says how many.
fn praising(index: &Index, block: usize, among: u64, now: i64) -> u64 {
    let Some(reviews) = Asked::of(index, "review", block) else { return 0 };
    let Some((place, codes)) = reviews.lane.place("stars").and_then(|place| Some((place, reviews.block.codes.get(place)?))) else {
        return 0;
    };
    let stars: Vec<i64> = reviews.lane.attributes[place].1.iter().map(|stars| stars.parse().unwrap_or(0)).collect();
    reviews.those(among, now - 365 * DAY, now, |range| {
        let given = codes[range].iter().filter_map(|code| stars.get((*code as usize).checked_sub(1)?));
        let (total, count) = given.fold((0, 0), |(total, count), stars| (total + stars, count + 1));
        0 < count && 4 * count <= total
    })
}

fn member_and_not_member(index: &Index, block: usize, _: i64) -> u64 {
    let segment = |name| index.segment(name, block);
    segment("spenders") & !segment("no-login") & !segment("attributes-only")
}

fn abandoned_cart(index: &Index, block: usize, now: i64) -> u64 {
    let carts = at_least(index, "cart", block, index.everybody[block], now - 7 * DAY, now, 1);
    carts & !at_least(index, "order", block, carts, now - 7 * DAY, now, 1)
}

fn opens_without_click(index: &Index, block: usize, now: i64) -> u64 {
    let Some(opens) = Asked::of(index, "email_open", block) else { return 0 };
    let opened = opens.those(index.everybody[block], now - 90 * DAY, now, |range| (2..=5).contains(&range.len()));
    opened & !at_least(index, "email_click", block, opened, now - 90 * DAY, now, 1)
}

fn mobile_or_many_views(index: &Index, block: usize, now: i64) -> u64 {
    let everybody = index.everybody[block];
    let many = at_least(index, "product_view", block, everybody, i64::MIN, now, 10);
    let Some(views) = Asked::of(index, "product_view", block) else { return many };
    let (Some((device, mobile)), Some((country, german))) = (views.lane.code("device", "mobile"), views.lane.code("country", "DE")) else {
        return many;
    };
    let (Some(devices), Some(countries)) = (views.block.codes.get(device), views.block.codes.get(country)) else { return many };
    let mobile_german = |range: Range<usize>| range.into_iter().any(|place| devices[place] == mobile && countries[place] == german);
    many | views.those(everybody & !many, now - 730 * DAY, now, mobile_german)
}

fn tree_over_audiences(index: &Index, block: usize, now: i64) -> u64 {
    let among =
        (index.segment("orders-in-categories", block) | index.segment("mobile-or-many-views", block)) & !index.segment("no-login", block);
    let Some(orders) = Asked::of(index, "order", block) else { return 0 };
    let Some(codes) = orders.lane.place("category").and_then(|place| orders.block.codes.get(place)) else { return 0 };
    let varied = orders.those(among, i64::MIN, now, |range| {
        let mut seen = [0_u64; 4];
        codes[range].iter().for_each(|code| seen[*code as usize / 64] |= 1 << (code % 64));
        // Without the one that stands for nothing.
        seen[0] &= !1;
        3 <= seen.iter().map(|word| word.count_ones()).sum::<u32>()
    });
    orders.those(varied, now - 730 * DAY, now, |range| {
        let (total, count) = sum(&orders.block.values, range);
        0 < count && 60 * MILLION * count <= total
    })
}

/// One type in one block.
struct Asked<'i> {
    lane: &'i Lane,
    block: &'i Block,
}

impl<'i> Asked<'i> {
    fn of(index: &'i Index, kind: &str, block: usize) -> Option<Asked<'i>> {
        let lane = index.lanes.get(kind)?;
        Some(Asked { lane, block: &lane.blocks[block] })
    }

    /// Those among some whose activities after `from` up to `to` pass the test. Whoever has none does not.
    fn those(&self, among: u64, from: i64, to: i64, test: impl Fn(Range<usize>) -> bool) -> u64 {
        those(among, |customer| {
            let range = self.block.range(customer);
            let times = &self.block.at[range.clone()];
            // Most of what somebody did lies in the past, and most windows end now.
            let end = times.iter().rposition(|at| *at <= to).map_or(0, |last| last + 1);
            let begin = times[..end].partition_point(|at| *at <= from);
            begin < end && test(range.start + begin..range.start + end)
        })
    }
}

fn at_least(index: &Index, kind: &str, block: usize, among: u64, from: i64, to: i64, count: usize) -> u64 {
    Asked::of(index, kind, block).map_or(0, |asked| asked.those(among, from, to, |range| count <= range.len()))
}

fn those(among: u64, test: impl Fn(usize) -> bool) -> u64 {
    let (mut left, mut found) = (among, 0);
    while left != 0 {
        let place = left.trailing_zeros() as usize;
        left &= left - 1;
        found |= u64::from(test(place)) << place;
    }
    found
}

/// The total of the numbers that are there, and how many there are.
fn sum(values: &[i64], range: Range<usize>) -> (i64, i64) {
    let there = values.get(range).unwrap_or_default().iter().filter(|value| **value != NO_NUMBER);
    there.fold((0, 0), |(total, count), value| (total + value, count + 1))
}
