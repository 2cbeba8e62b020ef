"""The pages of background work, notifications and webhooks, and the banners about problems."""
