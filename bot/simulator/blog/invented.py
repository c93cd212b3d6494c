"""Posts for the invented blog. No person, hospital, study or medical advice in them is real."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invented:
    """A post that waits to be published."""

    title: str
    summary: str
    author: str
    categories: tuple[str, ...]
    alt: str = "Pale overlapping circles on a soft gradient"


INVENTED_POSTS = (
    Invented(
        "A walk through our new day clinic",
        "Big windows, quiet corners and a kettle that is always on: a short tour of the rooms before they open.",
        "Wilhelmina Oakapple",
        ("Cancer care", "Our house"),
    ),
    Invented(
        "What we learned from a year of listening",
        "Twelve evenings, one question: what would have helped you on the first day? The answers fill a wall.",
        "Tobias Fernwood-Lake",
        ("Patients' voices",),
    ),
    Invented(
        "Small words that help, and some that don’t",
        "Friends often ask what to say. Visitors to our meeting table wrote down the sentences they remember.",
        "The editors",
        ("Patients' voices", "Families"),
    ),
    Invented(
        "“How are you, really?” – notes from the waiting room",
        "A volunteer writes about the conversations that start when the magazines run out.",
        "Philippa Marrowby",
        ("Patients' voices",),
    ),
    Invented(
        "Reading a study without fear: five friendly questions",
        "Who took part, what was compared, what was counted: a page to keep beside you when the headlines are loud.",
        "Tobias Fernwood-Lake",
        ("Research", "Explained"),
    ),
    Invented(
        "Über das Warten",
        "Ein Nachmittag im Flur der Ambulanz, drei Stühle, ein Fenster – und die Frage, was Zeit ist.",
        "Leonore Apfelbusch",
        ("Auf Deutsch", "Patients' voices"),
    ),
    Invented(
        "The garden behind building C is open again",
        "Lavender, two benches and a path wide enough for wheelchairs. Bring a book, or just bring yourself.",
        "Wilhelmina Oakapple",
        ("Our house",),
    ),
    Invented(
        "Q&A: what does a study nurse do all day?",
        "Between the phone, the forms & the freezer: a day in eleven short answers.",
        "Philippa Marrowby",
        ("Research", "People"),
    ),
    Invented(
        "Le carnet de Capucine\u00a0: «\u00a0apprendre à demander\u00a0»",
        "Une lectrice raconte comment elle prépare ses rendez-vous, un carnet rouge à la main.",
        "Capucine Merlevent",
        ("En français", "Patients' voices"),
    ),
    Invented(
        "Young voices: a comic about night shifts",
        "Three students drew what they saw between two and five in the morning. It is funnier than you think.",
        "The editors",
        ("People", "Art"),
    ),
    Invented(
        "Il silenzio della sala d’attesa",
        "Un racconto breve di chi accompagna: le sedie blu, il distributore del caffè, una mano sulla spalla.",
        "Fiorenza Bellaspina",
        ("In italiano", "Families"),
    ),
    Invented(
        "Our reading list for long trains and short nights",
        "Eight novels, two comics and a cookbook, chosen by the people who work here.",
        "Wilhelmina Oakapple",
        ("Art",),
    ),
    Invented(
        "Explained: what a tumour board is",
        "Many specialists, one table, one hour. Who sits there, who speaks first, and why there is always fruit.",
        "Tobias Fernwood-Lake",
        ("Explained",),
    ),
    Invented(
        "Preguntas que caben en un bolsillo",
        "Una tarjeta plegada en cuatro para no olvidar lo que querías preguntar. ¡Imprímela y llévala contigo!",
        "Jacinta Robledal",
        ("En español", "Explained"),
    ),
    Invented(
        "Music on ward 4: the first concert",
        "A cello, a very small piano and an audience in slippers. 🎻",
        "Philippa Marrowby",
        ("Art", "Our house"),
    ),
    Invented(
        "Carers’ corner: permission to be tired",
        "Our carers' group meets on Thursdays. This month they wrote a letter to themselves.",
        "The editors",
        ("Families",),
    ),
    Invented(
        "O czym rozmawiamy przy herbacie",
        "Spotkania w kuchni oddziału: dużo śmiechu, trochę ciszy i ciasto ze śliwkami.",
        "Jagoda Modrzewska-Szyszka",
        ("Po polsku", "Patients' voices"),
    ),
    Invented(
        "How we choose pictures for this blog",
        "No sad silhouettes at windows. A short guide to images that respect the people in them.",
        "Wilhelmina Oakapple",
        ("Our house", "Art"),
    ),
    Invented(
        "待合室の窓から",
        "季節が変わるたびに、窓の外の木が教えてくれること。ボランティアの短い手紙。",
        "青葉 しずく",
        ("日本語", "Patients' voices"),
    ),
    Invented(
        "From bench to bedside – a map without arrows",
        "Why progress looks like a ball of wool, and why that is good news for curious people.",
        "Tobias Fernwood-Lake",
        ("Research",),
    ),
    Invented(
        "Save the date: open evening for neighbours",
        "Soup, short talks and a tour of the laboratory corridor. Children may press one button.",
        "The editors",
        ("Our house",),
    ),
    Invented(
        "Was Enkelkinder wissen wollen",
        "„Tut das weh?“ – „Darf ich mitkommen?“ Zwölf Fragen von Kindern und behutsame Antworten.",
        "Leonore Apfelbusch",
        ("Auf Deutsch", "Families"),
    ),
    Invented(
        "The 3-minute kitchen: recipes from night nurses",
        "Fast, warm and possible in a microwave: what keeps the ward going after midnight.",
        "Philippa Marrowby",
        ("People",),
    ),
    Invented(
        "Words we stopped using (and what we say instead)",
        "“Battle”, “victim”, “just”: our little list, with thanks to everybody who corrected us kindly.",
        "The editors",
        ("Patients' voices", "Explained"),
    ),
    Invented(
        "Thank you, volunteers: a year in numbers that matter",
        "412 cups of tea, 96 crosswords, 31 lost glasses found – and one wedding.",
        "Wilhelmina Oakapple",
        ("People", "Our house"),
    ),
)
