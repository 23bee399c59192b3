"""What the admin of every kind of page has in common."""

from django.contrib import admin


class PageAdmin(admin.ModelAdmin):
    """Change forms of records that have a page: save on top, and a link to the page if it shows."""

    save_on_top = True
    list_per_page = 50
    show_full_result_count = False

    def get_view_on_site_url(self, obj=None):
        """The link to the page; none while it would lead to an error."""
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None
