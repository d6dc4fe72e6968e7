//! Who is one person with a third one: found without a key of his own, whoever came last, one by one as all at once.

use super::duplicates::{listed, only, open, person, search, set, with};
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

/// Two who share no key and are alike all the same, and one who shares keys with either.
pub fn three(lastname: &str, other: &str, number: usize) -> [Value; 3] {
    let (year, phone) = (1960 + 3 * number, 1_234_567 + 1_316_319 * number);
    let one = |lastname: &str, day: usize, phone: usize| json!({"firstname": "Anna", "lastname": lastname, "birthDate": format!("{year}-04-{day}"), "phone": format!("+43 660 {phone}")});
    [one(lastname, 17, phone), one(other, 18, phone + 1), one(lastname, 17, phone + 1)]
}

fn annas() -> [Value; 3] {
    three("Zimmermann", "Zimmerkann", 7)
}

async fn compared(test: &TestApp, body: Value) -> i64 {
    let id = person(test, body).await;
    test.run_due().await;
    id
}

async fn change(test: &TestApp, customer: i64, body: Value) {
    test.patch(&format!("/api/customers/{customer}"), body).await.expect(200);
    test.run_due().await;
}

#[tokio::test]
async fn two_who_share_no_key_meet_through_a_third_one_whoever_comes_last() {
    on_each_store(async |test| {
        let people = annas();
        let mut before = 0;
        for order in [[0, 1, 2], [0, 2, 1], [2, 1, 0]] {
            let mut ids = Vec::new();
            for (place, number) in order.into_iter().enumerate() {
                ids.push(compared(test, people[number].clone()).await);
                let expected = if place == 1 { usize::from(order != [0, 1, 2]) } else { 3 * place / 2 };
                assert_eq!(open(test).await.len(), expected, "{order:?}, {place}");
            }
            assert_eq!(open(test).await, [(ids[0], ids[1]), (ids[0], ids[2]), (ids[1], ids[2])], "{order:?}");
            let all = listed(test, "").await;
            assert!(all.iter().all(|pair| 0.5 <= pair["probability"].as_f64().unwrap() && !pair["reasons"].as_array().unwrap().is_empty()));
            assert!(all.iter().all(|pair| before < pair["id"].as_i64().unwrap()));
            before = all.iter().map(|pair| pair["id"].as_i64().unwrap()).max().unwrap();
            search(test, false).await;
            assert_eq!(listed(test, "").await, all, "a full run finds the same");
            for id in ids {
                test.delete(&format!("/api/customers/{id}")).await.expect(204);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_pair_stays_without_the_one_who_brought_it_together_as_long_as_they_are_alike() {
    on_each_store(async |test| {
        let [one, other, third] = annas();
        let (one, other) = (compared(test, one).await, compared(test, other).await);
        let third = compared(test, third).await;
        let stays = async |why: &str| {
            assert_eq!(open(test).await, [(one, other)], "{why}");
            search(test, false).await;
            assert_eq!(open(test).await, [(one, other)], "{why}, after a full run");
        };
        change(test, third, json!({"firstname": "Karl", "lastname": "Novak", "birthDate": "1950-12-01", "phone": null})).await;
        stays("the third one is somebody else").await;
        test.delete(&format!("/api/customers/{third}")).await.expect(204);
        stays("he is gone").await;
        change(test, one, json!({"city": "Wien"})).await;
        stays("one was looked at again").await;

        let fourth = compared(test, with(annas()[1].clone(), json!({"birthDate": "1981-04-19"}))).await;
        assert_eq!(open(test).await, [(one, other), (one, fourth), (other, fourth)], "such a pair connects as any other does");
        let stored = listed(test, "").await;
        search(test, false).await;
        assert_eq!(listed(test, "").await, stored);

        change(test, one, json!({"birthDate": "1950-12-01", "phone": null})).await;
        assert_eq!(open(test).await, [(other, fourth)], "one is alike no more");
        search(test, false).await;
        assert_eq!(open(test).await, [(other, fourth)]);
    })
    .await;
}

#[tokio::test]
async fn a_declined_pair_connects_and_stays_declined() {
    on_each_store(async |test| {
        let [one, other, third] = annas();
        let (one, third) = (compared(test, one).await, compared(test, third).await);
        let declined = only(test, "").await;
        test.post(&format!("/api/duplicates/{}/decline", declined["id"]), json!({})).await.expect(200);
        let other = compared(test, other).await;
        let both = [(one, other), (third, other)];
        assert_eq!(open(test).await, both, "each pair is judged by itself");
        search(test, false).await;
        assert_eq!(open(test).await, both);
        assert_eq!(only(test, "state=declined").await["id"], declined["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_pair_of_rules_alone_connects_nobody() {
    on_each_store(async |test| {
        set(test, json!({"rules": [{"name": "salutation", "fields": [{"field": "salutation"}]}]})).await;
        let [one, other, _] = annas();
        let (one, other) = (with(one, json!({"salutation": "Frau Doktor"})), with(other, json!({"salutation": "Frau Magister"})));
        let (one, other) = (compared(test, one).await, compared(test, other).await);
        let stranger = json!({"firstname": "Karl", "lastname": "Novak", "birthDate": "1950-12-01", "salutation": "Frau Doktor"});
        let stranger = compared(test, stranger).await;
        assert_eq!(open(test).await, [(one, stranger)]);
        let twin =
            compared(test, json!({"firstname": "Karl", "lastname": "Novak", "birthDate": "1950-12-01", "salutation": "Frau Magister"}))
                .await;
        let pairs = [(one, stranger), (other, twin), (stranger, twin)];
        assert_eq!(open(test).await, pairs, "all four hang together, by score only two");
        search(test, false).await;
        assert_eq!(open(test).await, pairs);
    })
    .await;
}
