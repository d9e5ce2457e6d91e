//! The small feed that servers of bare sockets hand out.

pub(crate) const DETAIL: &str = r#"{"challengeInfo":{"challenge":{"id":"1670903934915585","title":"cats"},"statsV2":{"videoCount":"9","viewCount":"9"}},"statusCode":0}"#;
pub(crate) const JSON: &str = "application/json";

/// The video of this number.
pub(crate) fn video(n: u32) -> String {
    format!(
        r#"{{"id":"75322422222567175{n:02}","desc":"cat {n}","createTime":1753736815,"video":{{"duration":9}}}}"#
    )
}

/// A page of three videos, numbered from `first`.
pub(crate) fn page(first: u32, has_more: bool) -> String {
    let list = [first, first + 1, first + 2].map(video).join(",");
    format!(
        r#"{{"itemList":[{list}],"hasMore":{has_more},"cursor":"{}","statusCode":0}}"#,
        first + 3
    )
}
