"""Helpers of several verbs. No verb imports another; what two need stands here."""
