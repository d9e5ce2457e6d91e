//! The account of an aweme.

use serde::Deserialize;

use crate::record::lenient::{Count, Country, Id, Language, Media, Text, Word};
use crate::record::{Author, known};

/// `author` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    uid: Id,
    unique_id: Word,
    nickname: Text,
    region: Country,
    language: Language,
    signature: Text,
    avatar_thumb: Media,
    avatar_medium: Media,
    avatar_larger: Media,
    avatar_168x168: Media,
    avatar_300x300: Media,
    youtube_channel_id: Word,
    youtube_channel_title: Word,
    sec_uid: Word,
    /// Texts beside the check mark; `verification_type` is a code that says nothing of it.
    custom_verify: Text,
    enterprise_verify_reason: Text,
    follower_count: Count,
    following_count: Count,
    total_favorited: Count,
    aweme_count: Count,
    ins_id: Word,
    twitter_id: Word,
    twitter_name: Word,
}

/// The account; `author_user_id` stands in where it does not say its id.
pub(super) fn author(account: Account, author_user_id: Id) -> Option<Author> {
    known(Author {
        verified: verified([&account.custom_verify, &account.enterprise_verify_reason]),
        uid: account.uid.0.or(author_user_id.0),
        unique_id: account.unique_id.0,
        nickname: account.nickname.0,
        region: account.region.0,
        language: account.language.0,
        signature: account.signature.0,
        avatar_thumb: account.avatar_thumb.asset(),
        avatar_medium: account.avatar_medium.asset(),
        avatar_larger: account.avatar_larger.asset(),
        avatar_168x168: account.avatar_168x168.asset(),
        avatar_300x300: account.avatar_300x300.asset(),
        youtube_channel_id: account.youtube_channel_id.0,
        youtube_channel_title: account.youtube_channel_title.0,
        sec_uid: account.sec_uid.0,
        follower_count: unless_filled_in(account.follower_count),
        following_count: unless_filled_in(account.following_count),
        total_favorited: unless_filled_in(account.total_favorited),
        aweme_count: unless_filled_in(account.aweme_count),
        ins_id: account.ins_id.0,
        twitter_id: account.twitter_id.0,
        twitter_name: account.twitter_name.0,
    })
}

/// Accounts have the check mark exactly when one of the texts is there.
fn verified(texts: [&Text; 2]) -> Option<bool> {
    let mut known = texts
        .into_iter()
        .filter_map(|text| text.0.as_deref())
        .peekable();
    known.peek()?;
    Some(known.any(|text| !text.is_empty()))
}

/// Feeds fill the counts in with zeros (seen in 2021 and 2025), each for itself.
fn unless_filled_in(count: Count) -> Option<u64> {
    count.0.filter(|count| *count > 0)
}
