//! What may be done with an aweme: status, access list, switches, warnings.

use serde::Deserialize;

use crate::record::lenient::{Flag, Int, Obj, Text, Texts};
use crate::record::{AccessRule, AwemeAcl, ReviewResult, RiskInfos, Status, VideoControl, known};

/// `status` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct State {
    allow_comment: Flag,
    allow_share: Flag,
    download_status: Int,
    private_status: Int,
    is_delete: Flag,
    is_prohibited: Flag,
    in_reviewing: Flag,
    reviewed: Int,
    self_see: Flag,
    review_result: Obj<Review>,
}

/// `review_result`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Review {
    review_status: Int,
}

/// `aweme_acl`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Acl {
    download_general: Obj<Rule>,
    share_general: Obj<Rule>,
    download_mask_panel: Obj<Rule>,
    share_list_status: Int,
    platform_list: Texts,
    share_action_list: Texts,
    press_action_list: Texts,
}

/// A rule of `aweme_acl`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rule {
    code: Int,
    show_type: Int,
    transcode: Int,
    mute: Flag,
    extra: Text,
}

/// `video_control` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Control {
    allow_download: Flag,
    allow_duet: Flag,
    allow_react: Flag,
    allow_stitch: Flag,
    allow_music: Flag,
    allow_dynamic_wallpaper: Flag,
    prevent_download_type: Int,
    share_type: Int,
}

/// `risk_infos` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Risk {
    content: Text,
    risk_sink: Flag,
    #[serde(rename = "type")]
    kind: Int,
    vote: Flag,
    warn: Flag,
}

impl State {
    /// `comment_setting` is the aweme's own copy, 0 when everyone may comment.
    pub(super) fn status(self, comment_setting: Int) -> Option<Status> {
        let review_status = self.review_result.or_empty().review_status.0;
        known(Status {
            allow_comment: self
                .allow_comment
                .0
                .or_else(|| comment_setting.0.map(|it| it == 0)),
            allow_share: self.allow_share.0,
            download_status: self.download_status.0,
            private_status: self.private_status.0,
            is_delete: self.is_delete.0,
            is_prohibited: self.is_prohibited.0,
            in_reviewing: self.in_reviewing.0,
            reviewed: self.reviewed.0,
            self_see: self.self_see.0,
            review_result: known(ReviewResult { review_status }),
        })
    }
}

impl Acl {
    pub(super) fn aweme_acl(self) -> Option<AwemeAcl> {
        known(AwemeAcl {
            download_general: self.download_general.or_empty().access_rule(),
            share_general: self.share_general.or_empty().access_rule(),
            download_mask_panel: self.download_mask_panel.or_empty().access_rule(),
            share_list_status: self.share_list_status.0,
            platform_list: self.platform_list.0,
            share_action_list: self.share_action_list.0,
            press_action_list: self.press_action_list.0,
        })
    }
}

impl Rule {
    fn access_rule(self) -> Option<AccessRule> {
        known(AccessRule {
            code: self.code.0,
            show_type: self.show_type.0,
            transcode: self.transcode.0,
            mute: self.mute.0,
            extra: self.extra.0,
        })
    }
}

impl Control {
    pub(super) fn video_control(self) -> Option<VideoControl> {
        known(VideoControl {
            allow_download: self.allow_download.0,
            allow_duet: self.allow_duet.0,
            allow_react: self.allow_react.0,
            allow_stitch: self.allow_stitch.0,
            allow_music: self.allow_music.0,
            allow_dynamic_wallpaper: self.allow_dynamic_wallpaper.0,
            prevent_download_type: self.prevent_download_type.0,
            share_type: self.share_type.0,
        })
    }
}

impl Risk {
    pub(super) fn risk_infos(self) -> Option<RiskInfos> {
        known(RiskInfos {
            content: self.content.0,
            risk_sink: self.risk_sink.0,
            kind: self.kind.0,
            vote: self.vote.0,
            warn: self.warn.0,
        })
    }
}
