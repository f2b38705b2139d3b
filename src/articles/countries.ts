/**
 * Countries as English news names them: the name, then its other names, adjectives, people and seat of government.
 * One country a line; the first field is what the reader is told.
 */
const LINES = `
Afghanistan|Afghan|Afghans|Kabul|Taliban
Albania|Albanian|Albanians|Tirana
Algeria|Algerian|Algerians|Algiers
Angola|Angolan|Angolans|Luanda
Argentina|Argentine|Argentinian|Argentinians|Argentines|Buenos Aires
Armenia|Armenian|Armenians|Yerevan
Australia|Australian|Australians|Aussie|Canberra|Sydney|Melbourne
Austria|Austrian|Austrians|Vienna
Azerbaijan|Azerbaijani|Azerbaijanis|Azeri|Baku
Bahrain|Bahraini|Bahrainis|Manama
Bangladesh|Bangladeshi|Bangladeshis|Dhaka
Belarus|Belarusian|Belarusians|Minsk
Belgium|Belgian|Belgians|Brussels
Bolivia|Bolivian|Bolivians|La Paz
Bosnia|Bosnian|Bosnians|Bosnia and Herzegovina|Sarajevo
Botswana|Gaborone
Brazil|Brazilian|Brazilians|Brasilia|Brasília|Rio de Janeiro|São Paulo|Sao Paulo
Bulgaria|Bulgarian|Bulgarians|Sofia
Burkina Faso|Burkinabe|Ouagadougou
Cambodia|Cambodian|Cambodians|Khmer|Phnom Penh
Cameroon|Cameroonian|Cameroonians|Yaounde|Yaoundé
Canada|Canadian|Canadians|Ottawa|Toronto|Montreal|Quebec
Chile|Chilean|Chileans|Santiago
China|Chinese|Beijing|Shanghai|Hong Kong
Colombia|Colombian|Colombians|Bogota|Bogotá
Congo|Congolese|DRC|DR Congo|Kinshasa|Brazzaville
Costa Rica|Costa Rican|Costa Ricans
Croatia|Croatian|Croatians|Croat|Croats|Zagreb
Cuba|Cuban|Cubans|Havana
Cyprus|Cypriot|Cypriots|Nicosia
Czech Republic|Czechia|Czech|Czechs|Prague
Denmark|Danish|Dane|Danes|Copenhagen
Ecuador|Ecuadorian|Ecuadorean|Quito
Egypt|Egyptian|Egyptians|Cairo
El Salvador|Salvadoran|Salvadorans|San Salvador
Eritrea|Eritrean|Eritreans|Asmara
Estonia|Estonian|Estonians|Tallinn
Ethiopia|Ethiopian|Ethiopians|Addis Ababa
Fiji|Fijian|Fijians|Suva
Finland|Finnish|Finn|Finns|Helsinki
France|French|Frenchman|Frenchwoman|Paris
Gabon|Gabonese|Libreville
Germany|German|Germans|Berlin|Munich|Frankfurt
Ghana|Ghanaian|Ghanaians|Accra
Greece|Greek|Greeks|Athens
Greenland|Greenlandic|Greenlander|Greenlanders|Nuuk
Guatemala|Guatemalan|Guatemalans
Haiti|Haitian|Haitians|Port-au-Prince
Honduras|Honduran|Hondurans|Tegucigalpa
Hungary|Hungarian|Hungarians|Budapest
Iceland|Icelandic|Icelander|Icelanders|Reykjavik
India|Indian|Indians|New Delhi|Delhi|Mumbai
Indonesia|Indonesian|Indonesians|Jakarta|Bali
Iran|Iranian|Iranians|Tehran|Islamic Republic|Persian
Iraq|Iraqi|Iraqis|Baghdad
Ireland|Irish|Irishman|Dublin
Israel|Israeli|Israelis|Jerusalem|Tel Aviv|IDF
Italy|Italian|Italians|Rome|Milan
Ivory Coast|Ivorian|Ivorians|Côte d’Ivoire|Cote d'Ivoire|Abidjan
Jamaica|Jamaican|Jamaicans
Japan|Japanese|Tokyo
Kazakhstan|Kazakh|Kazakhs|Astana
Kenya|Kenyan|Kenyans|Nairobi
Kosovo|Kosovar|Kosovan|Pristina
Kuwait|Kuwaiti|Kuwaitis
Kyrgyzstan|Kyrgyz|Bishkek
Laos|Laotian|Lao|Vientiane
Latvia|Latvian|Latvians|Riga
Lebanon|Lebanese|Beirut|Hezbollah
Liberia|Liberian|Liberians|Monrovia
Libya|Libyan|Libyans|Tripoli|Benghazi
Lithuania|Lithuanian|Lithuanians|Vilnius
Luxembourg|Luxembourgish
Madagascar|Malagasy|Antananarivo
Malawi|Malawian|Malawians|Lilongwe
Malaysia|Malaysian|Malaysians|Kuala Lumpur
Malta|Maltese|Valletta
Mexico|Mexican|Mexicans
Moldova|Moldovan|Moldovans|Chisinau
Mongolia|Mongolian|Mongolians|Ulaanbaatar
Montenegro|Montenegrin|Podgorica
Morocco|Moroccan|Moroccans|Rabat
Mozambique|Mozambican|Mozambicans|Maputo
Myanmar|Burma|Burmese|Naypyidaw|Yangon
Namibia|Namibian|Namibians|Windhoek
Nepal|Nepali|Nepalese|Kathmandu
Netherlands|Dutch|Holland|Amsterdam|The Hague
New Zealand|New Zealander|New Zealanders|Kiwi|Kiwis|Wellington|Auckland
Nicaragua|Nicaraguan|Nicaraguans|Managua
Nigeria|Nigerian|Nigerians|Abuja|Lagos
North Korea|North Korean|North Koreans|Pyongyang|DPRK|Kim Jong Un|the North
North Macedonia|Macedonian|Macedonians|Skopje
Norway|Norwegian|Norwegians|Oslo
Pakistan|Pakistani|Pakistanis|Islamabad|Karachi
Panama|Panamanian|Panamanians
Paraguay|Paraguayan|Paraguayans
Peru|Peruvian|Peruvians|Lima
Philippines|Philippine|Filipino|Filipinos|Manila
Poland|Polish|Pole|Poles|Warsaw
Portugal|Portuguese|Lisbon
Qatar|Qatari|Qataris|Doha
Romania|Romanian|Romanians|Bucharest
Russia|Russian|Russians|Moscow|Kremlin|Putin
Rwanda|Rwandan|Rwandans|Kigali
Saudi Arabia|Saudi|Saudis|Riyadh
Senegal|Senegalese|Dakar
Serbia|Serbian|Serbians|Serb|Serbs|Belgrade
Sierra Leone|Sierra Leonean|Freetown
Singapore|Singaporean|Singaporeans
Slovakia|Slovak|Slovaks|Bratislava
Slovenia|Slovenian|Slovenians|Slovene|Ljubljana
Somalia|Somali|Somalis|Mogadishu
South Africa|South African|South Africans|Pretoria|Johannesburg|Cape Town
South Korea|South Korean|South Koreans|Seoul|Republic of Korea
South Sudan|South Sudanese|Juba
Spain|Spanish|Spaniard|Spaniards|Madrid|Barcelona|Catalan
Sri Lanka|Sri Lankan|Sri Lankans|Colombo
Sudan|Sudanese|Khartoum
Sweden|Swedish|Swede|Swedes|Stockholm
Switzerland|Swiss|Bern|Geneva|Zurich
Syria|Syrian|Syrians|Damascus|Aleppo
Taiwan|Taiwanese|Taipei
Tajikistan|Tajik|Tajiks|Dushanbe
Tanzania|Tanzanian|Tanzanians|Dodoma|Dar es Salaam
Thailand|Thai|Thais|Bangkok
Tunisia|Tunisian|Tunisians
Turkmenistan|Turkmen|Ashgabat
Uganda|Ugandan|Ugandans|Kampala
Ukraine|Ukrainian|Ukrainians|Kyiv|Kiev|Zelensky|Zelenskyy
United Arab Emirates|UAE|Emirati|Emiratis|Abu Dhabi|Dubai
United Kingdom|UK|U.K.|Britain|British|Briton|Britons|England|English|Scotland|Scottish|Wales|Welsh|London|Westminster|Downing Street
United States|US|U.S.|USA|U.S.A.|America|American|Americans|Washington|White House|Pentagon|New York
Uruguay|Uruguayan|Uruguayans|Montevideo
Uzbekistan|Uzbek|Uzbeks|Tashkent
Venezuela|Venezuelan|Venezuelans|Caracas
Vietnam|Vietnamese|Viet Nam|Hanoi
Yemen|Yemeni|Yemenis|Sanaa|Houthi|Houthis
Zambia|Zambian|Zambians|Lusaka
Zimbabwe|Zimbabwean|Zimbabweans|Harare
`;

export type Country = { readonly name: string; readonly aliases: readonly string[] };

/**
 * Left out are names that mostly mean something else in English headlines: Georgia (the US state), Jordan and Chad
 * (people), Turkey (the bird), Guinea (the pig and three neighbours), Mali, Niger, Oman, Togo and the small islands.
 */
export const COUNTRIES: readonly Country[] = LINES.trim()
  .split("\n")
  .map((line) => {
    const aliases = line.split("|");
    return { name: aliases[0] ?? line, aliases };
  });
