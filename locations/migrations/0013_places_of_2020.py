import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("locations", "0012_derived")]

    operations = [
        # The table of ZIP codes and cities stays, and gets a column more.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Serves",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "city",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="locations.city"
                            ),
                        ),
                        (
                            "zipcode",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="locations.zipcode"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "locations_city_zip_codes",
                        "unique_together": {("city", "zipcode")},
                    },
                ),
                migrations.AlterField(
                    model_name="city",
                    name="zip_codes",
                    field=models.ManyToManyField(
                        blank=True,
                        help_text="Five digits each, separated by commas.",
                        related_name="cities",
                        through="locations.Serves",
                        to="locations.zipcode",
                        verbose_name="ZIP codes",
                    ),
                ),
            ]
        ),
        migrations.CreateModel(
            name="County",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=60)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="OtherPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "other_names",
                    models.CharField(
                        blank=True,
                        help_text="Further names that people search for, separated by semicolons.",
                        max_length=200,
                    ),
                ),
                (
                    "county",
                    models.CharField(
                        blank=True,
                        help_text="Without the word “County”; tells places of one name apart.",
                        max_length=60,
                    ),
                ),
                (
                    "latitude",
                    models.FloatField(
                        help_text="Degrees north, WGS 84.",
                        validators=[
                            django.core.validators.MinValueValidator(
                                17, "In the United States, latitude is between 17 and 72 degrees north."
                            ),
                            django.core.validators.MaxValueValidator(
                                72, "In the United States, latitude is between 17 and 72 degrees north."
                            ),
                        ],
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        help_text="Degrees east, WGS 84: negative in the Americas.",
                        validators=[
                            django.core.validators.MinValueValidator(
                                -180, "Longitude is between -180 and -64 degrees in the United States."
                            ),
                            django.core.validators.MaxValueValidator(
                                -64, "In the United States, longitude is negative: is a minus sign missing?"
                            ),
                        ],
                    ),
                ),
                (
                    "population",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="To order by where several have a name; empty when unknown.",
                        null=True,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("US Census", "US Census Bureau"),
                            ("GeoNames", "GeoNames"),
                            ("ours", "the editors of this site"),
                        ],
                        default="ours",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name": "place without a page",
                "verbose_name_plural": "places without a page",
                "ordering": ["name"],
            },
        ),
        migrations.RemoveIndex(
            model_name="placename",
            name="place_name_key",
        ),
        migrations.RemoveField(
            model_name="neighbor",
            name="is_big",
        ),
        migrations.AddField(
            model_name="city",
            name="census_geoid",
            field=models.CharField(
                blank=True,
                help_text="The Census Bureau's number of the place, 7 digits, or of the town or township, 10 digits; of several that it is made of, with blanks between.",
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(\\d{7}|\\d{10})( (\\d{7}|\\d{10}))*$", "A GEOID is 7 or 10 digits, like 0600562."
                    )
                ],
                verbose_name="Census GEOID",
            ),
        ),
        migrations.AddField(
            model_name="city",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("city", "City"),
                    ("town", "Town"),
                    ("village", "Village"),
                    ("borough", "Borough"),
                    ("township", "Township"),
                    ("municipality", "Municipality"),
                    ("CDP", "census-designated place"),
                    ("community", "Community"),
                    ("neighborhood", "Neighborhood"),
                    ("base", "military base"),
                ],
                help_text="Leave empty when unsure.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="city",
            name="part_of",
            field=models.ForeignKey(
                blank=True,
                help_text="The city that this borough or neighborhood belongs to, if that has a page, too.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="locations.city",
            ),
        ),
        migrations.AddField(
            model_name="city",
            name="population_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="When it was counted or estimated; empty when unknown.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1790),
                    django.core.validators.MaxValueValidator(2100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="neighbor",
            name="is_anchor",
            field=models.BooleanField(
                default=False, help_text="The larger city from which the page says where this one is."
            ),
        ),
        migrations.AddField(
            model_name="serves",
            name="rank",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Among the cities of the ZIP code: 1 has most of its people and land."
            ),
        ),
        migrations.AlterField(
            model_name="city",
            name="data_source",
            field=models.CharField(
                choices=[
                    ("GeoNames", "GeoNames"),
                    ("US Census", "US Census Bureau"),
                    ("ZIP centroid", "the center of its ZIP codes"),
                    ("approximate", "an approximation"),
                ],
                default="approximate",
                max_length=20,
                verbose_name="source of the coordinates",
            ),
        ),
        migrations.AlterField(
            model_name="city",
            name="population",
            field=models.PositiveIntegerField(
                blank=True, help_text="Shown rounded, with its year; empty when unknown.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="neighbor",
            name="rank",
            field=models.PositiveSmallIntegerField(help_text="In the list of nearby places; 0: not in it."),
        ),
        migrations.AlterField(
            model_name="placename",
            name="city",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="search_names",
                to="locations.city",
            ),
        ),
        migrations.AlterField(
            model_name="placename",
            name="population",
            field=models.PositiveIntegerField(help_text="The place's, to order by; 0 when it is not known."),
        ),
        migrations.AddField(
            model_name="county",
            name="state",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="counties", to="locations.state"
            ),
        ),
        migrations.AddField(
            model_name="otherplace",
            name="leads_to",
            field=models.ManyToManyField(
                blank=True,
                help_text="For an area, the cities in it. Leave empty to lead to the closest.",
                related_name="other_places",
                to="locations.city",
                verbose_name="pages that it leads to",
            ),
        ),
        migrations.AddField(
            model_name="otherplace",
            name="state",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="other_places", to="locations.state"
            ),
        ),
        migrations.AddField(
            model_name="placename",
            name="other",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="search_names",
                to="locations.otherplace",
            ),
        ),
        migrations.AddIndex(
            model_name="placename",
            index=models.Index(fields=["key", "kind", "population", "city", "other"], name="place_name_key"),
        ),
        migrations.AddConstraint(
            model_name="placename",
            constraint=models.UniqueConstraint(fields=("other", "key"), name="unique_key_per_other_place"),
        ),
        migrations.AddConstraint(
            model_name="placename",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("city", None), ("other__isnull", False)),
                    models.Q(("city__isnull", False), ("other", None)),
                    _connector="OR",
                ),
                name="place_name_of_one",
            ),
        ),
        migrations.AddIndex(
            model_name="county",
            index=models.Index(fields=["key"], name="county_key"),
        ),
        migrations.AddConstraint(
            model_name="county",
            constraint=models.UniqueConstraint(fields=("state", "name"), name="unique_county_per_state"),
        ),
        migrations.AddConstraint(
            model_name="otherplace",
            constraint=models.UniqueConstraint(
                fields=("state", "name", "county"),
                name="unique_other_place_per_state",
                violation_error_message="This place is listed already: search for it and change it there.",
            ),
        ),
    ]
